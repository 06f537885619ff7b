import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linesOf } from "./lines.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lines-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function split(content: string): Promise<string[]> {
  const path = join(folder, "recording.jsonl");
  await writeFile(path, content);
  const lines: string[] = [];
  for await (const line of linesOf(path)) lines.push(line.toString());
  return lines;
}

describe("the lines of a file", () => {
  it("are counted with blank ones, and with or without a last line feed", async () => {
    expect(await split("a\n\nb")).toEqual(["a", "", "b"]);
    expect(await split("a\n\nb\n")).toEqual(["a", "", "b"]);
    expect(await split("")).toEqual([]);
  });

  it("do not end at other line separators, which may stand in JSON texts", async () => {
    expect(await split('"\u2028"\r\n"\u0085"\r')).toEqual(['"\u2028"\r', '"\u0085"\r']);
  });

  it("may be longer than what is read at once", async () => {
    const long = "x".repeat(3_000_000);
    expect(await split(`a\n${long}\nb`)).toEqual(["a", long, "b"]);
  });
});
