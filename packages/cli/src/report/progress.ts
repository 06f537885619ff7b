import type { ScanProgress } from "@keyline/proof";
import type { Io } from "../io.js";
import { countText } from "./counted.js";

/** A line of progress. */
export interface ProgressLine {
  update(progress: ScanProgress): void;
  /** Clears the line. */
  end(): void;
}

const everyMs = { terminal: 100, file: 10_000 };
const barWidth = 24;

/**
 * On a terminal a bar that moves; in a file a line every ten seconds.
 *
 * Invariant: the last update was printed at `lastMs`, and `isShown` once one was.
 */
export function createProgressLine(io: Io, nowMs: () => number = () => performance.now()): ProgressLine {
  const columns = io.logColumns;
  const pauseMs = columns === undefined ? everyMs.file : everyMs.terminal;
  let lastMs = nowMs();
  let isShown = false;
  return {
    update(progress) {
      if (nowMs() - lastMs < pauseMs) return;
      lastMs = nowMs();
      isShown = true;
      const text = progressText(progress);
      io.log(columns === undefined ? `${text}\n` : `\r\u001b[2K${`${barOf(progress)} ${text}`.slice(0, columns - 1)}`);
    },
    end() {
      if (isShown && columns !== undefined) io.log("\r\u001b[2K");
    },
  };
}

const shareOf = ({ done, total }: ScanProgress) => (total === 0 ? 1 : Math.min(1, done / total));

function barOf(progress: ScanProgress): string {
  const full = Math.round(shareOf(progress) * barWidth);
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)}`;
}

/** `42 %, 1,200,000 records, 61,000 records/s, 27 s left`. */
export function progressText(progress: ScanProgress): string {
  const { records, elapsedMs, done } = progress;
  const share = shareOf(progress);
  const perSecond = Math.round(records / Math.max(elapsedMs / 1000, 0.001));
  const left = done === 0 || share === 1 ? "" : `, ${timeText((elapsedMs / share) * (1 - share))} left`;
  return `${Math.floor(share * 100)} %, ${countText(records)} records, ${countText(perSecond)} records/s${left}`;
}

/** `40 ms`, `4 s`, `3 min`, `2 h`. */
export function timeText(ms: number): string {
  if (ms > 0 && ms < 100) return `${Math.ceil(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 100) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
