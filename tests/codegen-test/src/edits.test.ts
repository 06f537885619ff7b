import { readFile } from "node:fs/promises";
import type { GeneratedFile } from "@keyline/codegen";
import { expect, test } from "vitest";
import { manyChannels } from "./contracts/many-channels.js";
import { generated } from "./kit/generated.js";

const ours = await readFile(new URL("../../../asyncapi.yaml", import.meta.url), "utf8");

/** Paths whose content differs. */
function changed(before: readonly GeneratedFile[], after: readonly GeneratedFile[]): readonly string[] {
  const contents = new Map(before.map(({ path, content }) => [path, content]));
  const different = after.filter(({ path, content }) => contents.get(path) !== content).map(({ path }) => path);
  const gone = before.map(({ path }) => path).filter((path) => !after.some((file) => file.path === path));
  return [...different, ...gone];
}

async function changedBy(yaml: string, from: string, to: string): Promise<readonly string[]> {
  const edited = yaml.replace(from, to);
  expect(edited).not.toBe(yaml);
  return changed(await generated(yaml, "@edits"), await generated(edited, "@edits"));
}

test("editing one schema of our contract changes that schema's file alone", async () => {
  expect(
    await changedBy(
      ours,
      "        error_type:\n          type: string\n",
      "        error_type:\n          type: string\n          maxLength: 99\n",
    ),
  ).toEqual(["events/src/gen/schemas/code-executed-payload.ts"]);
});

test("editing a schema that others refer to changes its own file alone", async () => {
  expect(await changedBy(ours, "errors, libraries]", "errors, libraries, testing]")).toEqual([
    "events/src/gen/schemas/module.ts",
  ]);
});

test("editing one of many schemas changes its file alone", async () => {
  const many = manyChannels(20);
  expect(
    await changedBy(many, "Event7:\n      type: object\n", "Event7:\n      type: object\n      maxProperties: 9\n"),
  ).toEqual(["events/src/gen/schemas/event7-data.ts"]);
  expect(await changedBy(many, "size: { type: integer }", "size: { type: integer, maximum: 9 }")).toEqual([
    "events/src/gen/schemas/part.ts",
  ]);
});

test("editing one message changes its file alone", async () => {
  expect(await changedBy(ours, "summary: Sent by the sandbox when", "summary: Sent by the sandbox as soon as")).toEqual(
    ["events/src/gen/messages/code-executed.ts"],
  );
});
