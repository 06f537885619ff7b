import { globSync } from "node:fs";

/**
 * Clocks that show `startMs` now and run on, for a process and all that it starts. By an offset and not by a moment: each
 * process would begin at the moment again. What measures spans of time is left alone, as some wait by it. PostgreSQL keeps the
 * true clock: with a faked one its limits on time never pass.
 */
export function fakeTime(startMs: number | undefined): NodeJS.ProcessEnv {
  if (startMs === undefined) return {};
  const [library] = globSync("/usr/lib/*/faketime/libfaketime.so.1");
  if (library === undefined) throw new Error("no faketime (Debian: apt-get install faketime)");
  const seconds = Math.round((startMs - Date.now()) / 1000);
  const offset = seconds < 0 ? `${seconds}s` : `+${seconds}s`;
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: "1", FAKETIME_SKIP_CMDS: "postgres" };
}
