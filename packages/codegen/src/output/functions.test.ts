import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseContract } from "@keyline/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generate } from "../generate.js";
import { removedFunctions } from "./functions.js";
import { prepareOutput, writeOutput } from "./output.js";

let out = "";

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "keyline-functions-"));
});

afterEach(() => rm(out, { recursive: true, force: true }));

const filesOf = async (channels: string) => {
  const { contract } = await parseContract(
    `asyncapi: 3.1.0\ninfo: { title: A, version: 1.0.0 }\nchannels: { ${channels} }\n`,
  );
  if (contract === null) throw new Error("the contract has errors");
  return generate(contract, { scope: "@a" });
};

const channel = (id: string, ...messages: readonly string[]) =>
  `${JSON.stringify(id)}: { address: ${JSON.stringify(id)}, messages: { ${messages.map((name) => `${JSON.stringify(name)}: { payload: { title: ${JSON.stringify(name)} } }`).join(", ")} } }`;

const removed = async (before: string, after: string) => {
  await writeOutput(out, await filesOf(before));
  return removedFunctions(out, await filesOf(after));
};

test("a topic that is gone is named, those that stay are not", async () => {
  const sent = channel("parcel.sent", "sent");
  expect(await removed(`${sent}, ${channel("parcel.lost", "lost")}`, sent)).toEqual(["parcelLost"]);
  expect(await removed(sent, sent)).toEqual([]);
  expect(await removed(sent, `${channel("new", "n")}, ${sent}`)).toEqual([]);
});

test("a message that is gone from several is named by its topic", async () => {
  const three = channel("parcel", "sent", "lost", "found");
  expect(await removed(three, channel("parcel", "sent", "found"))).toEqual(["parcel.lost"]);
});

test("a topic's only message has the topic as its function: others beside it take that away, and their end theirs", async () => {
  const three = channel("parcel", "sent", "lost", "found");
  expect(await removed(channel("parcel", "sent"), channel("parcel", "sent", "lost"))).toEqual(["parcel"]);
  expect(await removed(three, channel("parcel", "sent"))).toEqual(["parcel.found", "parcel.lost", "parcel.sent"]);
});

test("a topic with another name for its only message keeps its function", async () => {
  expect(await removed(channel("parcel", "sent"), channel("parcel", "shipped"))).toEqual([]);
});

test("names of any script and of any shape are read as they were printed", async () => {
  const ids = ["größe", "漢字", "a.b", "x y", "__proto__", "toString", "constructor", "2nd"];
  const channels = ids.map((id) => channel(id, ...ids)).join(", ");
  const files = await filesOf(channels);
  const names = await removed(channels, channel("other", "m"));
  expect(names).toHaveLength(ids.length);
  expect(names).toContain("漢字");
  // Each message of each topic: one by one they are gone, and each is named.
  for (const id of ids) {
    const others = ids.filter((one) => one !== id);
    const after = ids.map((topic) => channel(topic, ...(topic === "a.b" ? others : ids))).join(", ");
    await writeOutput(out, files);
    const gone = removedFunctions(out, await filesOf(after));
    expect(gone).toHaveLength(1);
    expect(gone[0]).toMatch(/^aB\./);
  }
});

test("where the list is not there, or was changed, nothing is known to go", async () => {
  const files = await filesOf(channel("parcel", "sent"));
  await writeOutput(out, files);
  const after = await filesOf(channel("other", "sent"));
  expect(removedFunctions(out, after)).toEqual(["parcel"]);
  const listed = "// Functions by topic: ";
  for (const text of ["", `${listed}[["parcel", 1], "parcel", null]\n`, `${listed}{}\n`, `${listed}[[\n`]) {
    await writeFile(join(out, "producer/src/gen/producer.ts"), text);
    expect(removedFunctions(out, after)).toEqual([]);
  }
  expect(removedFunctions(join(out, "none"), { layout: "packages", files: [] })).toEqual([]);
});

test("prepareOutput refuses what would remove functions, unless they may go", async () => {
  await writeOutput(out, await filesOf(`${channel("parcel", "sent")}, ${channel("other", "sent")}`));
  const after = await filesOf(channel("new", "sent"));
  await expect(prepareOutput(out, after)).rejects.toThrow("no longer gives producer.other, producer.parcel,");
  await prepareOutput(out, after, { allowRemoved: true });
  await prepareOutput(join(out, "none"), after);
});
