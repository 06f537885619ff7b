import { watch } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/** Editors write a file in several steps; this long after the first one all are done. */
const settleMs = 50;

/** Yields after each change of a YAML or JSON file in the folder itself; ends when the signal fires. */
export async function* fileChanges(folder: string, signal: AbortSignal): AsyncGenerator<void> {
  try {
    for await (const { filename } of watch(folder, { signal })) {
      if (!/\.(ya?ml|json)$/.test(filename ?? "")) continue;
      await wait(settleMs, undefined, { signal });
      yield;
    }
  } catch (caught) {
    if (!signal.aborted) throw caught;
  }
}
