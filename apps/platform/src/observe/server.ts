import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { harmlessJson } from "@keyline/runtime/tools";
import type { Metrics } from "./metrics.js";
import { isAskedBy } from "./names.js";
import type { LaneReport } from "./progress.js";

export interface HealthOptions {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** By which names, beside addresses and localhost, it may be asked. */
  readonly names: readonly string[];
  readonly metrics: Metrics;
  /** The lanes as they are now; rejects while the cluster cannot be asked. */
  look(): Promise<readonly LaneReport[]>;
  /** Rejects with why the app cannot do its work now. */
  ready(): Promise<void>;
  /** A lane that has something to do and has finished nothing for so long makes the process count as dead. */
  readonly stalledAfterMs: number;
}

/** A listening server. */
export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Who probes a page waits a second by default (Kubernetes); a cluster that is away is asked for half a minute. */
const patienceMs = 500;

/** For a request to arrive; checked every second. */
const limits = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1000 };

/** Serves `/livez`, `/readyz` and `/metrics`. */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const { metrics, ready, stalledAfterMs } = options;
  // Invariant: `looking` is the one question to the cluster under way; null while there is none.
  let looking: Promise<readonly LaneReport[] | null> | null = null;

  /** The lanes; null while the cluster does not answer. One question under way serves all that ask meanwhile. */
  const look = () => {
    looking ??= options
      .look()
      .catch(() => null)
      .finally(() => {
        looking = null;
      });
    return Promise.race([looking, sleep(patienceMs, null, { ref: false })]);
  };

  const livez = async () => {
    const lanes = await look();
    // While the cluster is away the app is not to be started again: it would find it away, too.
    if (lanes === null) return json(200, { status: "ok", lanes: "the cluster cannot be asked" });
    // Nor while a lane waits for its database.
    const isStalled = lanes.some(({ stalledMs, waitsFor }) => waitsFor === null && stalledMs > stalledAfterMs);
    // A handler that never settles is ended by its process alone.
    const status = isStalled ? "stalled" : lanes.some(({ lateHandlers }) => lateHandlers > 0) ? "handler late" : "ok";
    return json(status === "ok" ? 200 : 503, { status, lanes });
  };

  const readyz = async () => {
    try {
      await ready();
      const lanes = await look();
      if (lanes === null) throw new Error("the cluster cannot be asked");
      const waiting = lanes.find(({ waitsFor }) => waitsFor !== null);
      if (waiting) throw new Error(`lane ${waiting.domain}/${waiting.lane} waits: ${waiting.waitsFor}`);
      return json(200, { status: "ready" });
    } catch (caught) {
      return json(503, { status: "not ready", reason: caught instanceof Error ? caught.message : String(caught) });
    }
  };

  const pages: Readonly<Record<string, () => Promise<Page>>> = {
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": async () => ({
      status: 200,
      type: metrics.contentType,
      body: await metrics.text((await look()) ?? []),
    }),
  };

  const server = createServer(limits, (request, response) => {
    // A body is not waited for.
    if (request.method !== "GET" && request.method !== "HEAD") response.setHeader("connection", "close");
    const page = pages[(request.url ?? "").split("?")[0] ?? ""];
    const answer = isAskedBy(request.headers.host, [...options.names, options.host])
      ? (page?.() ?? Promise.resolve(json(404, { pages: Object.keys(pages) })))
      : Promise.resolve(json(421, { error: "this server is not asked by that name: see HOST_NAMES" }));
    answer.then(
      ({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, value: unknown): Page => ({
  status,
  type: "application/json",
  body: `${harmlessJson(value, 2)}\n`,
});

function listen(server: Server, { host, port }: HealthOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}
