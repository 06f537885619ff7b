import type { RecordPosition, Transport } from "@keyline/runtime";
import type { LogRange } from "@keyline/runtime/transport";
import type { TraceEvent } from "./event.js";
import { placeName } from "./merge.js";

/** The ranges of logs by {@link placeName}: null of a partition that does not exist; none where it could not be read. */
export type Logs = ReadonlyMap<string, LogRange | null>;

/** The logs of the causes that events name. */
export async function logsOfCauses(transport: Transport, events: readonly TraceEvent[]): Promise<Logs> {
  const places = new Map(events.flatMap(({ after }) => after.map((cause) => [placeName(cause), cause])));
  const byTopic = [...Map.groupBy(places.values(), ({ topic }) => topic).values()];
  const found = await Promise.all(byTopic.map((some) => logsOfTopic(transport, some)));
  return new Map(found.flat());
}

async function logsOfTopic(
  transport: Transport,
  places: readonly RecordPosition[],
): Promise<readonly (readonly [string, LogRange | null])[]> {
  const [topic = ""] = places.map((place) => place.topic);
  const counts = await transport.partitionCounts([topic]).catch(() => null);
  const count = counts?.get(topic);
  if (count === undefined) return [];
  // One that does not exist would spoil the answer for all.
  const there = places.filter(({ partition }) => partition < count);
  const ranges = await transport.logRanges(there).catch(() => []);
  return [
    ...places.filter(({ partition }) => partition >= count).map((place) => [placeName(place), null] as const),
    ...there.flatMap((place, index) => {
      const range = ranges[index];
      return range ? [[placeName(place), range] as const] : [];
    }),
  ];
}
