import { readFileSync } from "node:fs";

/** What an app's own metrics say of the records of each topic: applied, left out or refused. */
export async function countsOf(logFile: string): Promise<ReadonlyMap<string, number>> {
  const url = /health and metrics at (http:\/\/\S+):/.exec(readFileSync(logFile, "utf8"))?.[1];
  if (url === undefined) throw new Error(`${logFile} does not say where the app's metrics are`);
  return recordsIn(await (await fetch(`${url}/metrics`)).text());
}

/** How many records of each topic a page of metrics says were applied, left out or refused. */
export function recordsIn(metrics: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [, labels = "", count] of metrics.matchAll(counted)) {
    const [, topic = ""] = /\btopic="([^"]+)"/.exec(labels) ?? [];
    counts.set(topic, (counts.get(topic) ?? 0) + Number(count));
  }
  return counts;
}

const counted = /^keyline_(?:handled|ignored|dead_lettered)_total\{([^}]*)\} (\d+)$/gm;
