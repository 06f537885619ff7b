import type { SessionContext, TakenLane } from "../group/lane-worker.js";
import type { Arrival } from "../lane/arrival.js";
import { type AttemptSpans, attemptSpans } from "../lane/attempt-spans.js";
import { createLaneQueue, type LaneQueue } from "../lane/lane-queue.js";
import { queueEvents } from "../lane/queue-events.js";
import type { LaneId, LaneSnapshot } from "../ports/store.js";
import { type Apart, createApart } from "./apart.js";
import type { Emission } from "./emission.js";
import { createEmissions } from "./emissions.js";
import { createFailures, type Failures } from "./failures.js";
import type { KeyState } from "./key-state.js";
import type { LaneEnvironment } from "./lane-environment.js";
import { createLaneRows, type LaneRows, reservedKey } from "./lane-rows.js";
import { createLaneTimers, type LaneTimers } from "./lane-timers.js";
import { createLanePositions, type LanePositions } from "./positions.js";
import { createSequenceLimit, type SequenceLimit } from "./sequence-limit.js";
import { createLaneSilence, type LaneSilence } from "./silence.js";
import { createStoreWait, type StoreWait } from "./store-wait.js";

/** What an owner has of its lane in memory. Each part owns its own state; this object holds none. */
export interface LaneParts {
  readonly env: LaneEnvironment;
  readonly id: LaneId;
  readonly clusterId: string;
  readonly queue: LaneQueue<Arrival>;
  readonly spans: AttemptSpans;
  readonly rows: LaneRows;
  readonly positions: LanePositions;
  readonly failures: Failures;
  readonly apart: Apart;
  readonly timers: LaneTimers;
  readonly storeWait: StoreWait;
  readonly sequenceLimit: SequenceLimit;
  readonly silence: LaneSilence;
  emissionOf(row: KeyState): Emission;
  /** Something is ready to be done. */
  wake(): void;
}

export function createLaneParts(
  env: LaneEnvironment,
  { group, lane }: TakenLane,
  { clusterId }: SessionContext,
  wake: () => void,
): LaneParts {
  const { store, hooks, projection, clock, nowMs } = env;
  const id: LaneId = { app: projection.name, domain: group.name, lane };
  const silence = createLaneSilence();
  const spans = attemptSpans(env.tracing, env.groupId);
  const queue = createLaneQueue<Arrival>({ nowMs, ...queueEvents(hooks, spans) });
  return {
    env,
    id,
    clusterId,
    queue,
    spans,
    rows: createLaneRows({ store, lane: id, projection, cachedKeys: env.cachedKeys, perLoad: env.maxBatchEvents }),
    positions: createLanePositions(),
    failures: createFailures({ policy: env.retry, clock, nowMs }),
    apart: createApart(),
    timers: createLaneTimers({
      transport: env.transport,
      clock,
      nowMs,
      logs: queue.logs,
      read: () => store.readTimers(id),
      ready: wake,
    }),
    storeWait: createStoreWait((error) => {
      hooks.laneWaiting?.({ group: env.groupId, domain: id.domain, lane, error });
    }),
    sequenceLimit: createSequenceLimit({ transport: env.transport, lane: id, topics: env.domainTopics, nowMs }),
    silence,
    emissionOf: createEmissions(env, lane, clusterId, spans, silence),
    wake,
  };
}

/** Takes over what a new epoch found in the store. Throws `log_replaced` when the store went back. */
export function loadParts({ rows, positions, timers }: LaneParts, snapshot: LaneSnapshot): void {
  positions.load(snapshot.positions);
  rows.clear();
  timers.load(snapshot.timers);
}

/** Reads rows of keys that are not there yet, and first the lane's own, which says what is silent. */
export async function loadRows(lane: LaneParts, keys: () => Iterable<string>, signal: AbortSignal): Promise<void> {
  const { rows, silence, storeWait, id } = lane;
  const own = reservedKey(id.lane);
  await storeWait.ask(signal, () => rows.load(first(own, keys())));
  const row = rows.get(own);
  if (row) silence.load(row.meta);
}

function* first(own: string, keys: Iterable<string>): Iterable<string> {
  yield own;
  yield* keys;
}

/** The lane that fires a key's timers: for a record on the wrong partition another than the one that applies it. */
export function homeOf({ env, id }: LaneParts, key: string): number {
  return key === reservedKey(id.lane) ? id.lane : env.homeLane(key);
}
