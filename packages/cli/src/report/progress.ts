import type { Io } from "../io.js";

/** Tells on stderr how far a long reading is. */
export interface Progress {
  /** Counts records that were read. */
  add(records: number): void;
  /** Ends it: a bar goes from the terminal. */
  end(): void;
}

const everyMs = 200;
/** What is over sooner shows nothing. */
const silentMs = 700;
const width = 24;

/** A bar with records a second and the time left, where stderr is a terminal; nothing elsewhere. */
export function createProgress(total: number, io: Io, now: () => number = () => performance.now()): Progress {
  const startedMs = now();
  let done = 0;
  let drawnMs = startedMs + silentMs - everyMs;
  let isDrawn = false;
  return {
    add(records) {
      done += records;
      const nowMs = now();
      if (!io.hasTerminal || nowMs - drawnMs < everyMs) return;
      drawnMs = nowMs;
      isDrawn = true;
      io.log(`\r${progressText(done, total, nowMs - startedMs)}\u001b[K`);
    },
    end() {
      if (isDrawn) io.log("\r\u001b[K");
    },
  };
}

/** `[########----] 40 %  12,000 of 30,000 records  9,500/s  2 s left`. */
export function progressText(done: number, total: number, tookMs: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * width);
  const rate = tookMs === 0 ? 0 : done / (tookMs / 1000);
  const left = rate === 0 ? "" : `  ${Math.ceil(Math.max(0, total - done) / rate)} s left`;
  const count = (value: number) => Math.round(value).toLocaleString("en");
  const bar = `[${"#".repeat(filled)}${"-".repeat(width - filled)}]`;
  return `${bar} ${Math.floor(share * 100)} %  ${count(done)} of ${count(total)} records  ${count(rate)}/s${left}`;
}
