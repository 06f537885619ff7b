import { expect, test } from "vitest";
import { createTestIo } from "../test-io.js";
import { createProgress, progressText } from "./progress.js";

test("a bar has the share, the rate and the time left", () => {
  expect(progressText(12_000, 30_000, 2000)).toBe(
    "[##########--------------] 40 %  12,000 of 30,000 records  6,000/s  3 s left",
  );
});

test("is drawn at a terminal alone, after a while, and goes at the end", () => {
  for (const hasTerminal of [true, false]) {
    let nowMs = 0;
    const io = createTestIo("", { hasTerminal });
    const progress = createProgress(10, io, () => nowMs);
    progress.add(1);
    expect(io.written.log).toBe("");
    nowMs = 1000;
    progress.add(1);
    expect(io.written.log.includes("2 of 10 records")).toBe(hasTerminal);
    progress.end();
    expect(io.written.log.endsWith("\r\u001b[K")).toBe(hasTerminal);
  }
});
