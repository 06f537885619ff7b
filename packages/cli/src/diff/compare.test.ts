import { loadContractSource } from "@keyline/contract/source";
import { expect, test } from "vitest";
import { compareInTime } from "./compare.js";

const load = async (values: readonly string[]) => {
  const payload = `{ type: string, pattern: "^(a+)+$", enum: ${JSON.stringify(values)} }`;
  const channels = `channels: { a: { address: a, messages: { m: { payload: ${payload} } } } }`;
  const text = `asyncapi: 3.1.0\ninfo: { title: Slow, version: 1.0.0 }\n${channels}\n`;
  const { source } = await loadContractSource("a.yaml", { readFile: async () => text });
  return source ?? expect.fail();
};

test("a pattern of exponential time does not keep a comparison from ending", async () => {
  const [before, after] = [await load(["a"]), await load(["a", `${"a".repeat(60)}!`])];
  const startMs = performance.now();
  await expect(compareInTime(before, after, 500)).rejects.toThrow("cannot be compared within 0.5 s");
  // It would take years; how long half a second is depends on the machine.
  expect(performance.now() - startMs).toBeLessThan(60_000);
  expect((await compareInTime(before, await load(["a", "aa"]))).changes).not.toEqual([]);
});
