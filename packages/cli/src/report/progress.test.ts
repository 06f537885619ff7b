import { expect, test } from "vitest";
import { createTestIo } from "../test-io.js";
import { createProgressLine, progressText } from "./progress.js";

test("a line has the share, the records, the rate and the time left", () => {
  expect(progressText({ records: 11_000, done: 12_000, total: 30_000, elapsedMs: 2000 })).toBe(
    "40 %, 11,000 records, 5,500 records/s, 3 s left",
  );
});

test("moves in its place at a terminal and goes at the end; in a file it is a line every ten seconds", () => {
  for (const logColumns of [80, undefined]) {
    let nowMs = 0;
    const io = createTestIo("", logColumns === undefined ? {} : { logColumns });
    const progress = createProgressLine(io, () => nowMs);
    const read = { records: 2, done: 2, total: 10, elapsedMs: 1000 };
    progress.update(read);
    expect(io.written.log).toBe("");
    nowMs = 1000;
    progress.update(read);
    expect(io.written.log.includes("2 records")).toBe(logColumns !== undefined);
    nowMs = 11_000;
    progress.update(read);
    expect(io.written.log).toContain("2 records");
    progress.end();
    expect(io.written.log.endsWith(logColumns === undefined ? "\n" : "\r\u001b[2K")).toBe(true);
  }
});
