import { readFileSync } from "node:fs";

/** Fields of `/proc/<pid>/status`: what is resident now, and the most that ever was. */
const fields = { now: "VmRSS", peak: "VmHWM" } as const;

/** Bytes of memory that a process has resident. Linux alone tells. Throws for a process that is gone. */
export function memoryBytes(pid: number, when: keyof typeof fields): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = new RegExp(`^${fields[when]}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no ${fields[when]} any more`);
  return 1024 * Number(kilobytes);
}
