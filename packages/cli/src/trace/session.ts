import type { TopicDescriptor } from "@keyline/runtime";
import { fired, type Io } from "../io.js";
import type { EventContext } from "./event.js";
import { createHistory, type HistoryLine } from "./history.js";
import { logsOfCauses } from "./logs.js";
import { placeName } from "./merge.js";
import { planReading, type ReadPlace, type ReadPlan } from "./plan.js";
import { createTraceReader } from "./reader.js";
import type { TraceReport } from "./report.js";
import type { TraceRequest } from "./request.js";

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

/** The plan of a run that was interrupted before it had one. */
const noPlan: ReadPlan = { places: [], missing: [], notRead: [] };

/**
 * Plans what is to be read. Rejects where the cluster cannot be reached.
 *
 * Invariant: the planned part of each log has been
 * read below `reached`, and every event of it is in the history.
 */
export async function openTrace(request: TraceRequest, io: Io): Promise<TraceSession> {
  const { transport, domain, key, askedKey, sinceMs, untilMs, everywhere, limit } = request;
  const descriptors = Object.values(request.topics);
  const stopped = fired(io.signal);
  const clusterId = (await Promise.race([transport.clusterId(), stopped])) ?? "";
  const planning = planReading({ ...request, topics: descriptors, key: Buffer.from(key) });
  const plan = (await Promise.race([planning, stopped])) ?? noPlan;
  const domainTopics = new Set(domain.topics);
  const context: EventContext = { clusterId, domainTopics, showPayload: request.showPayload };
  const reader = createTraceReader(request, context, io);
  const history = createHistory(request);
  const reached = new Map(plan.places.map((place) => [placeName(place), place.to]));
  let notShown = 0;

  const linesOf = async (places: readonly ReadPlace[]): Promise<readonly HistoryLine[]> => {
    const events = [...(await reader.records(places)), ...(await reader.parked())];
    if (events.length === 0) return [];
    // Asked after reading: an effect that was read may name a cause that was written meanwhile.
    const logs = (await Promise.race([logsOfCauses(transport, events), stopped])) ?? new Map();
    const lines = history.add(events, logs);
    notShown += Math.max(0, lines.length - limit);
    return lines.slice(-limit);
  };

  const grownPlaces = async (): Promise<readonly ReadPlace[]> => {
    const ranges = await Promise.race([transport.logRanges(plan.places), stopped]);
    const grown = plan.places.flatMap((place, index): ReadPlace[] => {
      const from = reached.get(placeName(place)) ?? place.to;
      const to = ranges?.[index]?.end ?? from;
      return to > from ? [{ ...place, from, to }] : [];
    });
    for (const place of grown) reached.set(placeName(place), place.to);
    return grown;
  };

  return {
    hasTopics: plan.places.length > 0,
    first: () => linesOf(plan.places),
    next: async () => linesOf(await grownPlaces()),
    report(lines, tookMs) {
      const { records, leftOut, notRead } = reader.read();
      return {
        ...{ key, askedKey, domain: domain.name, lane: laneOf(plan, descriptors), sinceMs, untilMs, everywhere },
        ...{ lines, missing: plan.missing, notTraced: request.notTraced },
        ...{ leftOut: leftOut + notShown, notRead: [...plan.notRead, ...notRead] },
        ...{ interrupted: io.signal.aborted, isPlanned: plan !== noPlan },
        read: { partitions: plan.places.length, records, ms: Math.round(tookMs) },
      };
    },
  };
}

function laneOf({ places }: ReadPlan, [first]: readonly TopicDescriptor[]): TraceReport["lane"] {
  const own = places.filter(({ isDeadLetters }) => !isDeadLetters);
  const place = own.find(({ topic }) => topic === first?.address) ?? own[0];
  return place ? { partition: place.lane, of: place.of } : null;
}
