import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Setting } from "./setting.js";

export const repository = join(import.meta.dirname, "../../..");
export const contractFile = join(repository, "asyncapi.yaml");

/** What a command printed, and what its process took at most. */
export interface Ran<Printed> {
  readonly printed: Printed;
  readonly peakBytes: number;
}

/** Tells the peak on descriptor 3 when the process ends. */
const reporter = `data:text/javascript,${encodeURIComponent(
  'import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));',
)}`;

/** Runs `keyline` with --json in a process of its own, as it is installed. */
export async function runKeyline<Printed>(setting: Setting, ...args: readonly string[]): Promise<Ran<Printed>> {
  const bin = join(repository, "packages/cli/bin/keyline.js");
  const whole = ["--import", reporter, bin, ...args, "--brokers", setting.brokers.join(","), "--json"];
  const child = spawn(process.execPath, whole, { cwd: repository, stdio: ["ignore", "pipe", "inherit", "pipe"] });
  const [stdout, peak] = [child.stdout, child.stdio[3]].map((stream) => {
    const read = { text: "" };
    stream?.on("data", (chunk: Buffer) => {
      read.text += chunk.toString("utf8");
    });
    return read;
  });
  await once(child, "close");
  return { printed: JSON.parse(stdout?.text ?? "") as Printed, peakBytes: Number(peak?.text) * 1024 };
}
