import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, Transport } from "@keyline/runtime";
import { harmlessJson } from "@keyline/runtime/tools";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { registerLaneGauges } from "../metrics/lane-gauges.js";
import type { PrometheusRegistry } from "../metrics/metric.js";
import { registerOutboxGauges } from "../metrics/outbox-gauges.js";
import type { OutboxFigures } from "../metrics/table.js";
import { createProgress } from "./progress.js";

/** An outbox to watch: a relay of `@keyline/outbox`, or a reader of its status. */
export interface WatchedOutbox {
  status(): Promise<OutboxFigures>;
  /** The status of this process's relay. Absent: this process publishes nothing. */
  standing?(): { readonly waitsFor: string | null };
}

/** The parts of a process that {@link health} checks. `consumers` and `transport` are required. */
export interface HealthOptions {
  /** Every consumer and projector of the process. They need not be started yet. */
  readonly consumers: readonly Pick<Consumer, "groupId" | "check" | "lanes">[];
  /** The transport that they use: it is asked for the ends of their logs. */
  readonly transport: Pick<Transport, "stableEnds">;
  /**
   * A `Registry` of prom-client: gets the metrics of the lanes, and is served as `/metrics`. Default none, then there
   * is no such page.
   */
  readonly registry?: PrometheusRegistry;
  /**
   * The relay of the process, or `{ status: () => readOutboxStatus(database) }` in a process that only writes. With a
   * registry its figures become metrics. Default none.
   */
  readonly outbox?: WatchedOutbox;
  /**
   * Rejects with the reason why the service cannot work now, e.g. `() => store.sql("select 1")`. Default: only Keyline
   * is checked, and a service whose database is unavailable is ready as long as no event comes.
   */
  readonly ready?: () => Promise<unknown>;
  /**
   * If a lane has work and has finished nothing for this long, `/livez` is 503. Default 60,000 ms. It has to be longer
   * than the slowest handler with its retries takes; otherwise a slow event restarts the process.
   */
  readonly stalledAfterMs?: number;
  /** Monotonic milliseconds. Default `performance.now`. */
  readonly nowMs?: () => number;
}

const names: NamesOf<HealthOptions> = {
  consumers: true,
  transport: true,
  registry: true,
  outbox: true,
  ready: true,
  stalledAfterMs: true,
  nowMs: true,
};

/** Answers a request, as servers with `fetch` handlers expect. */
export type HealthHandler = (request: Request) => Promise<Response>;

/** What probes a page waits a second by default (Kubernetes); a cluster that is away is asked for half a minute. */
const patienceMs = 500;

/**
 * Creates the pages `/livez`, `/readyz` and, with a registry, `/metrics`: a handler to mount in any server with
 * `fetch`'s `Request` and `Response`, or for `serveHealth`. Any other path is 404.
 *
 * - `/livez`: 503 if the process has to be restarted: a lane has work and has finished nothing for `stalledAfterMs`,
 *   a handler is late, or a consumer cannot go on. 200 while the cluster or a database is unavailable: a restart would
 *   not help.
 * - `/readyz`: 200 if every consumer is in its group, no lane waits for its database, no relay for its brokers
 *   or its database, every topic has the right partition count, and the cluster and `ready` answer; otherwise 503 with
 *   the reason.
 *
 * Throws if the registry already has the metrics of the lanes or of an outbox: call it once for a registry. Throws
 * `options_invalid` for an unknown option.
 */
export function health(options: HealthOptions): HealthHandler {
  checkNames("cannot report the health", options, names);
  const { consumers, registry, outbox, ready, stalledAfterMs = 60_000, nowMs = () => performance.now() } = options;
  const look = createLook(createProgress({ consumers, transport: options.transport, nowMs }));
  if (registry) registerLaneGauges(registry, async () => (await look()).answer ?? []);
  if (registry && outbox) registerOutboxGauges(registry, answersOf(createLook(() => outbox.status())));

  const livez = async () => {
    const ended = consumers.map(endOf).find((end) => end !== null);
    if (ended) return json(503, { status: "ended", reason: ended });
    const { answer: lanes, why } = await look();
    // While the cluster is away the service is not to be started again: it would find it away, too.
    if (lanes === null) return json(200, { status: "ok", lanes: `the cluster cannot be asked: ${why}` });
    // Nor while a lane waits for its database.
    const isStalled = lanes.some((lane) => lane.waitsFor === null && lane.stalledMs > stalledAfterMs);
    // A handler that never settles is ended by its process alone.
    const status = isStalled ? "stalled" : lanes.some(({ lateHandlers }) => lateHandlers > 0) ? "handler late" : "ok";
    return json(status === "ok" ? 200 : 503, { status, lanes });
  };

  const readyz = async () => {
    try {
      for (const consumer of consumers) consumer.check();
      const relayWaitsFor = outbox?.standing?.().waitsFor ?? null;
      if (relayWaitsFor !== null) throw new Error(`the relay waits for its ${relayWaitsFor}`);
      const [{ answer: lanes, why }] = await Promise.all([look(), ready?.()]);
      if (lanes === null) throw new Error(`the cluster cannot be asked: ${why}`);
      const waiting = lanes.find(({ waitsFor }) => waitsFor !== null);
      if (waiting) throw new Error(`lane ${waiting.domain}/${waiting.lane} waits: ${waiting.waitsFor}`);
      return json(200, { status: "ready" });
    } catch (caught) {
      return json(503, { status: "not ready", reason: messageOf(caught) });
    }
  };

  const pages = new Map<string, () => Promise<Response>>([
    ["/livez", livez],
    ["/readyz", readyz],
  ]);
  if (registry) pages.set("/metrics", () => metricsOf(registry));

  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return json(405, { error: "only GET and HEAD" });
    const page = pages.get(new URL(request.url).pathname);
    return page ? page() : json(404, { pages: [...pages.keys()] });
  };
}

/** An answer, or why there is none. */
type Looked<Answer> = { readonly answer: Answer; readonly why: null } | { readonly answer: null; readonly why: string };

/**
 * Asks, and waits for a short time. One question under way serves all that ask meanwhile.
 *
 * Invariant: `looking` is the one question under way; null while there is none.
 */
function createLook<Answer>(ask: () => Promise<Answer>): () => Promise<Looked<Answer>> {
  let looking: Promise<Looked<Answer>> | null = null;
  return () => {
    looking ??= ask()
      .then(
        (answer): Looked<Answer> => ({ answer, why: null }),
        (caught: unknown) => noAnswer(messageOf(caught)),
      )
      .finally(() => {
        looking = null;
      });
    return Promise.race([looking, sleep(patienceMs, noAnswer(`no answer in ${patienceMs} ms`), { ref: false })]);
  };
}

const noAnswer = (why: string) => ({ answer: null, why }) as const;

/** The answers alone; null where there is none. */
const answersOf =
  <Answer>(look: () => Promise<Looked<Answer>>) =>
  async () =>
    (await look()).answer;

/** What ended a consumer; null while it is at work, or has not begun. */
function endOf(consumer: Pick<Consumer, "lanes">): string | null {
  try {
    consumer.lanes();
    return null;
  } catch (caught) {
    return messageOf(caught);
  }
}

async function metricsOf(registry: PrometheusRegistry): Promise<Response> {
  return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
}

const messageOf = (caught: unknown) => (caught instanceof Error ? caught.message : String(caught));

const json = (status: number, value: unknown) =>
  new Response(`${harmlessJson(value, 2)}\n`, { status, headers: { "content-type": "application/json" } });
