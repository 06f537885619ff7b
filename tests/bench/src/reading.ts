import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contractFile, repository } from "./command.js";
import { alternate, rateOf, type Side } from "./measure.js";

/** A contract of many topics with a message, an example and a sender each. */
function manyTopics(topics: number): string {
  const each = <Made>(make: (number: number) => readonly [string, Made]) =>
    Object.fromEntries(Array.from({ length: topics }, (_, index) => make(index)));
  const properties = {
    id: { type: "integer", description: "The id." },
    part: { $ref: "#/components/schemas/Part" },
    name: { type: "string", maxLength: 80 },
    at: { type: "string", format: "date-time" },
    tags: { type: "array", items: { type: "string" } },
  };
  const size = { type: "integer" };
  return JSON.stringify({
    ...{ asyncapi: "3.0.0", info: { title: "Many topics", version: "1.0.0" } },
    "x-ordering": { all: { key: "$message.payload#/id", partitioner: "murmur2" } },
    channels: each((n) => [
      `topic${n}`,
      {
        ...{ address: `topic.${n}`, bindings: { kafka: { partitions: 6 } } },
        messages: { [`event${n}`]: { $ref: `#/components/messages/event${n}` } },
      },
    ]),
    operations: each((n) => [
      `send${n}`,
      { action: "send", channel: { $ref: `#/channels/topic${n}` }, "x-app": "app" },
    ]),
    components: {
      schemas: {
        Part: { type: "object", required: ["size"], properties: { size } },
        ...each((n) => [`Event${n}`, { type: "object", required: ["id", "part"], properties }]),
      },
      messages: each((n) => [
        `event${n}`,
        { payload: { $ref: `#/components/schemas/Event${n}` }, examples: [{ payload: { id: n, part: { size: 3 } } }] },
      ]),
    },
  });
}

/** Runs a module in a process of its own. */
async function run(code: string, ...args: readonly string[]): Promise<void> {
  const whole = ["--input-type=module", "--eval", code, "--", ...args];
  const cwd = join(repository, "tests/bench");
  const child = spawn(process.execPath, whole, { cwd, stdio: "ignore" });
  const [exit] = await once(child, "close");
  if (exit !== 0) throw new Error(`${args.join(" ")} ended with ${exit}`);
}

const parser = `import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";
const { document } = await new Parser().parse(readFileSync(process.argv[1], "utf8"));
if (!document) process.exitCode = 1;`;

/** As the command is installed: from what was built. */
const keyline = `import module from "node:module";
module.enableCompileCache();
const { run } = await import("@keyline/cli"); await run(process.argv.slice(1));`;

const side = (name: string, code: string, ...args: readonly string[]) => ({
  name,
  run: () => rateOf(1, () => run(code, ...args)),
});

/**
 * (i): `keyline generate` of many topics and of ten, and `keyline check` of the student contract, each beside AsyncAPI's parser
 * alone on the same file. The rates are processes a second. The packages have to be built.
 */
export async function reading(topics: number, rounds: number): Promise<readonly Side[]> {
  const folder = await mkdtemp(join(tmpdir(), "keyline-reading-"));
  try {
    const [many, few] = [join(folder, "many.json"), join(folder, "few.json")];
    await writeFile(many, manyTopics(topics));
    await writeFile(few, manyTopics(10));
    const generate = (file: string) => ["generate", "--contract", file, "--out", `${file}-sdk`, "--scope", "@many"];
    return await alternate(rounds, [
      side(`keyline generate, ${topics} topics`, keyline, ...generate(many)),
      side("the parser alone on them", parser, many),
      side("keyline generate, 10 topics", keyline, ...generate(few)),
      side("the parser alone on these", parser, few),
      side("keyline check of the student contract", keyline, "check", contractFile),
      side("the parser alone on it", parser, contractFile),
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
