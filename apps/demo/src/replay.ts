import { stat } from "node:fs/promises";
import { harmless, harmlessJson } from "@keyline/runtime/tools";
import { openDemoStore } from "./pipeline/store.js";
import { replayRecording } from "./replay/replay-recording.js";

const help = `usage: npm run -s replay -- FILE.jsonl

Replays recorded events, a JSON object {"topic": ..., "value": ...} a line, through the generated producer, an embedded
cluster, both apps and a store. Prints one JSON object on stdout:

  progress   rows per student and module, by student and module
  alerts     by date, student and trigger
  rejected   lines that are not valid events of the contract, each with its line, a code and a message

exit: 0 replayed (also with rejected lines), 1 could not run, 2 wrong usage, 130 interrupted
`;

/** The command `replay`. Resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(help);
    return 0;
  }
  const [path, ...others] = args;
  if (path === undefined || others.length > 0 || path.startsWith("--")) {
    process.stderr.write(`cannot replay: name one file\n\n${help}`);
    return 2;
  }
  process.once("SIGINT", () => process.exit(130));
  try {
    const problem = await problemOf(path);
    if (problem !== null) throw new Error(problem);
    const store = await openDemoStore();
    const report = await replayRecording(path, store);
    await store.close();
    process.stdout.write(`${harmlessJson(report)}\n`);
    return 0;
  } catch (caught) {
    const reason = caught instanceof Error ? caught.message : String(caught);
    process.stderr.write(`cannot replay ${harmless(`${path}: ${reason}`)}\n`);
    return 1;
  }
}

async function problemOf(path: string): Promise<string | null> {
  const found = await stat(path).catch((caught: NodeJS.ErrnoException) => caught);
  if (found instanceof Error) return found.code === "ENOENT" ? "there is no such file" : found.message;
  return found.isDirectory() ? "it is a directory" : null;
}
