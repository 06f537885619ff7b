import type { RecordPosition, TopicDescriptor, Transport } from "@keyline/runtime";
import type { LogRange } from "@keyline/runtime/transport";
import { fired, type Io } from "../io.js";
import { createProgressLine } from "../report/progress.js";
import { collect } from "./collect.js";
import type { EventContext, TraceEvent } from "./event.js";
import { createHistory, type HistoryLine, type Logs } from "./history.js";
import { placeName, positionText } from "./merge.js";
import { type NotRead, planReading, type ReadPlace, type ReadPlan } from "./plan.js";
import type { TraceReport } from "./report.js";
import type { TraceRequest } from "./run.js";

/** A key's history while it is being read. */
export interface TraceSession {
  /** Whether the cluster has any of the topics. */
  readonly hasTopics: boolean;
  /** What lies on the logs. */
  first(): Promise<readonly HistoryLine[]>;
  /** What came since. */
  next(): Promise<readonly HistoryLine[]>;
  report(lines: readonly HistoryLine[], tookMs: number): TraceReport;
}

/** While nobody has said what there is. */
const noPlan: ReadPlan = { places: [], missing: [], notRead: [] };

/** Finds out what is to be read. Rejects where the cluster cannot be asked at all. */
export async function openTrace(request: TraceRequest, io: Io): Promise<TraceSession> {
  const { transport, domain, key, limit, untilMs, everywhere } = request;
  const { signal } = io;
  const descriptors = Object.values(request.topics);
  const bytes = Buffer.from(key);
  const stopped = fired(signal);
  const clusterId = (await Promise.race([transport.clusterId(), stopped])) ?? "";
  const planning = { ...request, topics: descriptors, key: bytes };
  const plan = (await Promise.race([planReading(planning), stopped])) ?? noPlan;
  const context: EventContext = {
    clusterId,
    domainTopics: new Set(domain.topics),
    showPayload: request.showPayload,
  };
  const history = createHistory(request);
  const notRead: NotRead[] = [...plan.notRead];
  const reached = new Map(plan.places.map((place) => [placeName(place), place.to]));
  let parkedBefore: ReadonlySet<string> = new Set();
  let records = 0;
  let leftOut = 0;

  const readPlaces = async (places: readonly ReadPlace[]): Promise<readonly TraceEvent[]> => {
    const total = places.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
    const progress = createProgressLine(io);
    const startedMs = performance.now();
    let done = 0;
    const onRead = (count: number) => {
      done += count;
      progress.update({ records: done, done, total, elapsedMs: performance.now() - startedMs });
    };
    const options = { ...context, transport, key: bytes, untilMs, everywhere, limit, signal, onRead };
    const collected = await collect(places, options);
    progress.end();
    records += collected.records;
    leftOut += collected.leftOut;
    notRead.push(...collected.notRead);
    return collected.events;
  };

  /** Those that were not parked at the last look. */
  const readParked = async (): Promise<readonly TraceEvent[]> => {
    const found = await Promise.race([request.readParked?.(request.topics, context), stopped]);
    if (!found) return [];
    notRead.push(...found.notRead);
    const names = found.events.map((event) => `${positionText(event)} ${event.parked.map(({ app }) => app).join()}`);
    const fresh = found.events.filter((_, index) => !parkedBefore.has(names[index] ?? ""));
    parkedBefore = new Set(names);
    return fresh;
  };

  /** Asked after reading: an effect that was read may name a cause that was written meanwhile. */
  const logsOf = async (events: readonly TraceEvent[]): Promise<Logs> => {
    const places = new Map(events.flatMap(({ after }) => after.map((cause) => [placeName(cause), cause])));
    const byTopic = [...Map.groupBy(places.values(), ({ topic }) => topic).values()];
    const answer = await Promise.race([Promise.all(byTopic.map((some) => logsOfTopic(transport, some))), stopped]);
    return new Map(answer?.flat());
  };

  const tell = async (events: readonly TraceEvent[]): Promise<readonly HistoryLine[]> => {
    if (events.length === 0) return [];
    const lines = history.add(events, await logsOf(events));
    leftOut += Math.max(0, lines.length - limit);
    return lines.slice(-limit);
  };

  return {
    hasTopics: plan.places.length > 0,
    first: async () => tell([...(await readPlaces(plan.places)), ...(await readParked())]),
    async next() {
      const ranges = await Promise.race([transport.logRanges(plan.places), stopped]);
      const grown = plan.places.flatMap((place, index): ReadPlace[] => {
        const from = reached.get(placeName(place)) ?? place.to;
        const to = ranges?.[index]?.end ?? from;
        return to > from ? [{ ...place, from, to }] : [];
      });
      for (const place of grown) reached.set(placeName(place), place.to);
      return tell([...(await readPlaces(grown)), ...(await readParked())]);
    },
    report: (lines, tookMs) => ({
      ...{ key, askedKey: request.askedKey, domain: domain.name, lane: laneOf(plan, descriptors) },
      ...{ sinceMs: request.sinceMs, untilMs, everywhere, lines, leftOut, missing: plan.missing },
      notRead: once(notRead),
      interrupted: signal.aborted,
      isPlanned: plan !== noPlan,
      read: { partitions: plan.places.length, records, ms: Math.round(tookMs) },
    }),
  };
}

/** The logs of some places of one topic: null of a partition that it does not have, nothing where nobody tells. */
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

function laneOf({ places }: ReadPlan, [first]: readonly TopicDescriptor[]): TraceReport["lane"] {
  const own = places.filter(({ isDeadLetters }) => !isDeadLetters);
  const place = own.find(({ topic }) => topic === first?.address) ?? own[0];
  return place ? { partition: place.lane, of: place.of } : null;
}

/** What fails at each look of a follower is told once. */
const once = (notRead: readonly NotRead[]): readonly NotRead[] => [
  ...new Map(notRead.map((one) => [`${one.what} ${one.code}`, one])).values(),
];
