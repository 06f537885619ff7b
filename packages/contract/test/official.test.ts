import { Ajv } from "ajv";
import { expect, test, vi } from "vitest";
import { parseContract } from "../src/index.js";

const document = (info: string) => `asyncapi: 3.1.0\ninfo: { ${info} }\nchannels: {}\n`;

test("AsyncAPI's own schemas are compiled once, not for each document, and each is told its own faults", async () => {
  const compile = vi.spyOn(Ajv.prototype, "compile");
  const large = () => compile.mock.calls.filter(([schema]) => JSON.stringify(schema).length > 100_000).length;
  const ids = async (info: string) => (await parseContract(document(info))).diagnostics.map(({ message }) => message);

  const first = await ids("title: A, version: 1.0.0, licence: none");
  // One for the document as it is written, one for it with its references resolved.
  expect(large()).toBeLessThanOrEqual(2);
  compile.mockClear();
  const second = await ids("title: 7, version: 1.0.0");
  const third = await ids("title: A, version: 1.0.0, licence: none");
  expect(large()).toBe(0);
  compile.mockRestore();

  expect(first.join()).toContain("licence");
  expect(second.join()).toMatch(/title.*string/);
  expect(second.join()).not.toContain("licence");
  expect(third).toEqual(first);
});
