import { type AnyProjection, createProjector, type ProjectorOptions, type Store } from "@keyline/runtime";
import type { MemoryTransportOptions } from "@keyline/runtime/memory";
import { createMemoryStore } from "@keyline/runtime/testing";
import { Registry } from "prom-client";
import { health, prometheusHooks, type WatchedOutbox } from "../src/index.ts";
import { createConsumer, createProducer, openShop } from "./shop.ts";

export interface AppOptions extends Pick<MemoryTransportOptions, "metadataIntervalMs"> {
  /** What handles `order.placed`; without it there is no plain consumer. */
  readonly on?: () => Promise<void> | void;
  readonly handlerTimeoutMs?: number;
  readonly attempts?: number;
  readonly projection?: AnyProjection;
  readonly store?: Store;
  readonly onFailure?: ProjectorOptions["onFailure"];
  readonly outbox?: WatchedOutbox;
  /** Monotonic milliseconds of the health pages. */
  readonly nowMs?: () => number;
}

/** A service on a cluster in memory, as @keyline/ops operates it. */
export async function runningApp(options: AppOptions) {
  const {
    on,
    projection,
    nowMs,
    attempts = 1,
    onFailure = "skip",
    handlerTimeoutMs,
    metadataIntervalMs,
    outbox,
  } = options;
  const { cluster, transport } = openShop(metadataIntervalMs === undefined ? {} : { metadataIntervalMs });
  const registry = new Registry();
  const shared = { transport, hooks: prometheusHooks(registry), retry: { attempts, firstDelayMs: 1 } };
  const timeout = handlerTimeoutMs === undefined ? {} : { handlerTimeoutMs };
  const consumers = [
    ...(on ? [createConsumer({ ...shared, ...timeout, groupId: "mailer", on: { orderPlaced: on } })] : []),
    ...(projection
      ? [createProjector({ ...shared, projection, onFailure, store: options.store ?? createMemoryStore() })]
      : []),
  ];
  const pages = health({ consumers, transport, registry, ...(nowMs ? { nowMs } : {}), ...(outbox ? { outbox } : {}) });
  await Promise.all(consumers.map((consumer) => consumer.start()));
  const producer = createProducer({ transport, source: "shop" });
  return {
    ...{ cluster, transport, producer, registry, hooks: shared.hooks },
    /** The metrics, as Prometheus reads them. */
    async scrape() {
      return (await pages(new Request("http://localhost/metrics"))).text();
    },
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close({ timeoutMs: 10 })));
      await producer.close();
      await transport.close();
    },
  };
}

export type RunningApp = Awaited<ReturnType<typeof runningApp>>;
