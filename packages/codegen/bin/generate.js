// Runs the template through the AsyncAPI generator, as any of its users would, with the settings of the field `keyline`
// in the working directory's package.json. `--allow-removed`: functions that the contract no longer gives may go. Exits with 1
// where it fails.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const template = fileURLToPath(new URL("../template", import.meta.url));
const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const { contract, out, scope, layout, imports } = JSON.parse(readFileSync("package.json", "utf8")).keyline;

/** The template loads the built generator. */
function build() {
  const command = join(workspace, "node_modules", ".bin", "turbo");
  const args = ["run", "build", "--filter=@keyline/codegen", "--output-logs=errors-only"];
  const { status } = spawnSync(command, args, { cwd: workspace, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error("@keyline/codegen could not be built");
}

async function generate() {
  // The AsyncAPI generator looks for npm as a global package, and nowhere else.
  process.env.NODE_PATH = [join(workspace, "node_modules"), process.env.NODE_PATH].filter(Boolean).join(delimiter);
  const Generator = createRequire(import.meta.url)("@asyncapi/generator");
  const allowRemoved = String(process.argv.includes("--allow-removed"));
  const given = Object.entries({ scope, contract, allowRemoved, layout, imports });
  const templateParams = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const generator = new Generator(template, resolve(out), { forceWrite: true, templateParams });
  await generator.generateFromFile(contract);
}

try {
  build();
  await generate();
  const what = layout === "single" ? "{events,producer,consumer}.ts" : `${scope}/{events,producer,consumer}`;
  console.log(`${what} in ${out}: generated from ${contract}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
