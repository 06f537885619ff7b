import { readFileSync } from "node:fs";

/** What an app's own metrics say of the records of each topic: applied, left out or refused. */
export async function countsOf(logFile: string): Promise<ReadonlyMap<string, number>> {
  const url = /health and metrics at (http:\/\/\S+):/.exec(readFileSync(logFile, "utf8"))?.[1];
  if (url === undefined) throw new Error(`${logFile} does not say where the app's metrics are`);
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = new Map<string, number>();
  for (const [, topic = "", count] of text.matchAll(counted))
    counts.set(topic, (counts.get(topic) ?? 0) + Number(count));
  return counts;
}

const counted = /^keyline_(?:handled|ignored|dead_lettered)_total\{topic="([^"]+)"[^}]*\} (\d+)$/gm;
