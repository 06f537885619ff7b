import { readFileSync } from "node:fs";

/**
 * What one process of an app may take at its peak. An app at rest takes some 180 MB; its budget for records is 64 MB, an unpacked
 * batch has up to 64 MB and is there twice while its records are read, and V8 collects the garbage of both late.
 */
export const memoryBoundMb = 640;

/** The most memory that a process had until now, in MB; Linux alone tells. */
export function peakMemoryMb(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes ?? Number.NaN) / 1024);
}
