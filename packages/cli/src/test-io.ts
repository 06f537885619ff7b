import type { Io } from "./io.js";

/** An Io that keeps what is written. */
export interface TestIo extends Io {
  readonly written: { out: string; log: string };
}

/**
 * For tests: output into strings, without colour.
 *
 * Invariant: `written` has all that was printed, in order.
 */
export function createTestIo(cwd: string, more: Partial<Io> = {}): TestIo {
  const written = { out: "", log: "" };
  return {
    written,
    cwd,
    environment: {},
    hasColor: false,
    signal: new AbortController().signal,
    out: (text) => {
      written.out += text;
    },
    log: (text) => {
      written.log += text;
    },
    ...more,
  };
}
