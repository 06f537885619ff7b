import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository, workFolder } from "./toolchain.ts";

const generate = `import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
const [codegen, contract, out] = process.argv.slice(1);
const { generateFromFile } = await import(codegen);
const { files, diagnostics } = await generateFromFile(contract, { scope: "@many" });
if (files.length === 0) throw new Error(JSON.stringify(diagnostics.slice(0, 3)));
for (const { path, content } of files) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), content);
}`;

/** A send and a handler: what a service adds to the SDK. */
const use = `import { createConsumer } from "@many/consumer";
import { createProducer } from "@many/producer";
declare const transport: Parameters<typeof createProducer>[0]["transport"];
const producer = createProducer({ transport, source: "service" });
const payload = { submission_id: "", module: "basics", success: true, lines: [] } as const;
export const sent = producer.thing1({ student_id: 1, payload: { ...payload, lines: [] } });
export const consumer = createConsumer({
  transport,
  groupId: "service",
  on: { thing2: (event) => void event.payload.module },
});
`;

/** Generates a contract's SDK with the generator of a folder, as a project that uses it. Returns its folder. */
export function layOutSdk(side: string, toolchain: string, contract: string): string {
  const project = join(workFolder, side);
  rmSync(project, { recursive: true, force: true });
  mkdirSync(join(project, "node_modules/@keyline"), { recursive: true });
  for (const name of ["runtime", "json-schema"])
    symlinkSync(join(toolchain, "packages", name), join(project, "node_modules/@keyline", name));
  for (const name of ["zod", "@standard-schema"])
    symlinkSync(join(repository, "node_modules", name), join(project, "node_modules", name));
  const file = join(project, "contract.json");
  writeFileSync(file, contract);
  const codegen = join(toolchain, "packages/codegen/dist/index.js");
  const args = ["--input-type=module", "--eval", generate, "--", codegen, file, join(project, "sdk")];
  execFileSync(process.execPath, args, { stdio: ["ignore", 2, 2] });
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(project, "use.ts"), use);
  const compilerOptions = {
    ...{ target: "es2023", lib: ["es2023"], module: "nodenext", moduleResolution: "nodenext", types: [], strict: true },
    ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true },
    ...{ isolatedModules: true, skipLibCheck: true, noEmit: true, paths: { "@many/*": ["./sdk/*/src/index.ts"] } },
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["use.ts", "sdk/*/src"] }));
  return project;
}
