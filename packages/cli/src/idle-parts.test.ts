// A contract with documentation that the official parser refuses, through every command that reads contracts.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { main } from "./main.js";
import { createTestIo } from "./test-io.js";

const version3 = `asyncapi: 3.0.0
info: { title: Harbour, version: 1.0.0, contact: { email: none }, owner: quay }
servers: { k: { host: "b.example:9092", protocol: kafka } }
channels:
  moored:
    address: ship.moored
    tags: [ship]
    messages: { Moored: { payload: { type: object, properties: { ship: { type: string } } } } }
operations: { moor: { action: send, channel: { $ref: "#/channels/moored" } } }
`;

const version2 = `asyncapi: 2.6.0
info: { title: Harbour, version: 1.0.0, contact: { email: none }, owner: quay }
servers: { k: { url: "b.example:9092", protocol: kafka } }
channels:
  ship.moored:
    publish:
      operationId: moor
      tags: [ship]
      message: { name: Moored, payload: { type: object, properties: { ship: { type: string } } } }
`;

const folders: string[] = [];
let cwd = "";

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-idle-"));
  folders.push(cwd);
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function keyline(...args: string[]) {
  const io = createTestIo(cwd);
  const code = await main(args, io);
  return { code, ...io.written };
}

const place = async (text: string) => {
  await writeFile(join(cwd, "asyncapi.yaml"), text);
  await writeFile(join(cwd, "package.json"), JSON.stringify({ name: "a", keyline: { scope: "@harbour" } }));
};

test.each([
  ["3", version3],
  ["2", version2],
])("in version %s every command goes on, with warnings", async (_, text) => {
  await place(text);
  const check = await keyline("check");
  expect(check.code).toBe(0);
  expect(check.out).toMatch(/^asyncapi\.yaml:2:\d+ warning \S+ {2}Property "owner" is not expected to be here; no /m);
  for (const args of [
    ["generate", "--out", "src", "--layout", "single"],
    ["docs", "--out", "pages"],
    ["diff", "asyncapi.yaml", "--against", "asyncapi.yaml"],
    ["init", "app", "--from", "asyncapi.yaml"],
  ]) {
    const { code, out, log } = await keyline(...args);
    expect(code, `${args.join(" ")}\n${out}${log}`).toBe(0);
  }
  expect(await readFile(join(cwd, "src/events.ts"), "utf8")).toMatch(/[mM]ooredTopic/);
});

test("convert writes a document of version 3 that is read as well as the first", async () => {
  await place(version2);
  expect((await keyline("convert", "asyncapi.yaml", "--out", "three.yaml")).code).toBe(0);
  const { code, out } = await keyline("check", "three.yaml");
  expect([code, out.includes(" error ")]).toEqual([0, false]);
});

test.each(["check", "generate", "docs"])("%s --strict refuses it, and so does the setting", async (command) => {
  await place(version3);
  const { code, out, log } = await keyline(command, "--strict");
  expect(code).toBe(3);
  expect(out + log).toMatch(/error \S+ {2}Property "owner" is not expected to be here$/m);
  await writeFile(
    join(cwd, "package.json"),
    JSON.stringify({ name: "a", keyline: { strict: true, scope: "@harbour" } }),
  );
  expect((await keyline(command)).code).toBe(3);
});
