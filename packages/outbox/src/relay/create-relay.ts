import { randomUUID } from "node:crypto";
import { schemaName } from "@keyline/postgres/database";
import { KeylineError, type Topics } from "@keyline/runtime";
import {
  type ChainLink,
  createStoredSender,
  guardedHooks,
  outboxScope,
  type StoredEvent,
  type StoredSender,
} from "@keyline/runtime/outbox";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { bringUpToDate } from "../table/migrations.js";
import { readOutboxStatus } from "../table/status.js";
import { createAlarm } from "./alarm.js";
import { createKeys } from "./keys.js";
import { createParkedKeys } from "./parked-keys.js";
import type { PumpParts } from "./pump.js";
import type { Refusal, Row } from "./rows.js";
import { createRun } from "./run.js";
import { createSlots } from "./slots.js";
import type { Relay, RelayHooks, RelayOptions } from "./types.js";

const names: NamesOf<RelayOptions> = {
  topics: true,
  transport: true,
  database: true,
  schema: true,
  hooks: true,
  producerHooks: true,
  tracing: true,
  pollMs: true,
  leaseMs: true,
  retryParkedMs: true,
  maxRows: true,
  maxBytes: true,
  deliveryTimeoutMs: true,
};

const hookNames: NamesOf<RelayHooks> = { published: true, parked: true, waiting: true, slots: true, polling: true };

/**
 * Creates a relay. Any number of relays share the work, in their own processes or inside the app's. Throws
 * `options_invalid` for invalid or unknown options.
 */
export function createRelay(options: RelayOptions): Relay {
  checkNames("cannot create a relay", options, names);
  const schema = schemaName(options.schema);
  const hooks = guardedHooks(options.hooks, hookNames);
  const { database } = options;
  const run = createRun({
    parts: partsOf(options, schema, hooks),
    hooks,
    pollMs: options.pollMs ?? 100,
    renewMs: (options.leaseMs ?? defaultLeaseMs) / 3,
  });
  const close = ({ timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {}) => run.close(timeoutMs);
  return {
    async start() {
      await bringUpToDate(database, schema);
      await run.start();
    },
    status: () => readOutboxStatus(database, schema),
    standing: run.standing,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

const defaultLeaseMs = 10_000;

/** Monotonic: no clock that is set plays a part. */
const nowMs = () => performance.now();

/**
 * Invariant: a row that was read is in `keys`, in `done` until the table has lost it, or of a key in `parked`, whose first row is in
 * `refusals` until the table says so; or its slot was lost since. `fresh` has the slots whose rows are not read before the ends of the
 * logs are known.
 */
function partsOf(options: RelayOptions, schema: string, hooks: RelayHooks): PumpParts {
  const { database, topics, transport, tracing, maxRows = 10_000 } = options;
  const sender = createStoredSender({
    ...{ topics, transport, maxQueued: Number.POSITIVE_INFINITY },
    ...(tracing ? { tracing } : {}),
    ...(options.producerHooks ? { hooks: options.producerHooks } : {}),
    ...(options.deliveryTimeoutMs === undefined ? {} : { deliveryTimeoutMs: options.deliveryTimeoutMs }),
  });
  const alarm = createAlarm();
  const parked = createParkedKeys(options.retryParkedMs ?? 30_000, nowMs);
  const done = new Set<string>();
  const refusals = new Map<string, Refusal>();
  const fresh = new Set<number>();
  const keys = createKeys({
    nowMs,
    publish: (row, link) => publish(sender, row, link),
    published: ({ number }) => done.add(number),
    refused(row, error) {
      parked.add(row.hash, row.slot);
      refusals.set(row.number, { code: error.code, text: error.rawMessage });
      hooks.parked?.({ topic: topicOf(topics, row), key: row.key, number: row.number, error });
    },
    waits: (_row, error) => hooks.waiting?.({ for: "brokers", error }),
    moved: alarm.ring,
  });
  const slots = createSlots({
    ...{ database, schema, relay: randomUUID(), leaseMs: options.leaseMs ?? defaultLeaseMs },
    lost(some) {
      const gone = new Set(some);
      keys.drop(gone);
      parked.drop(gone);
      for (const slot of gone) fresh.delete(slot);
    },
    taken(some) {
      for (const slot of some) fresh.add(slot);
      alarm.ring();
    },
    isBusy: keys.isBusy,
  });
  return {
    ...{ database, schema, sender, slots, keys, parked, done, refusals, alarm, fresh, maxRows },
    maxBytes: options.maxBytes ?? 32_000_000,
    deleted: (rows) => hooks.published?.({ rows }),
  };
}

/** Publishes a row under its number: a repetition has the same one. */
function publish(sender: StoredSender, row: Row, link: ChainLink): Promise<unknown> {
  try {
    const event = JSON.parse(row.event) as StoredEvent;
    const sequence = `${outboxScope(event.written?.source ?? "")}#${row.number}`;
    return sender.send({ ...event, sequence }, link);
  } catch (caught) {
    link.fail(KeylineError.from(caught, "store_format", `row ${row.number} of the outbox is not an event`));
    return Promise.reject(caught);
  }
}

/** The address of the row's topic, by which operators know it; its name where the contract has lost it. */
function topicOf(topics: Topics, { event }: Row): string | null {
  try {
    const { topic } = JSON.parse(event) as StoredEvent;
    return topics[topic]?.address ?? String(topic);
  } catch {
    return null;
  }
}
