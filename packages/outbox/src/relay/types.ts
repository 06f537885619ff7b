import type { Database } from "@keyline/postgres/database";
import type { Hooks, KeylineError, Topics, Transport } from "@keyline/runtime";
import type { Tracing } from "@keyline/runtime/tracing";
import type { OutboxStatus } from "../table/status.js";

/**
 * Callbacks of a relay. Each is called synchronously and never awaited; one that throws is reported by a warning and
 * ignored. Keys and numbers are for logs: never make them metric labels.
 */
export interface RelayHooks {
  /** Rows were published, and deleted from the table. */
  published?(event: { readonly rows: number }): void;
  /**
   * A row cannot be published: its key waits, with all later events, and is retried after `retryParkedMs`. Called at
   * each attempt.
   */
  parked?(event: {
    /** The topic's address; its name in code if the contract no longer has it; null if the row cannot be read. */
    readonly topic: string | null;
    /** The event's key; null for an event without one. */
    readonly key: string | null;
    /** The number of the row. */
    readonly number: string;
    readonly error: KeylineError;
  }): void;
  /** A request to the brokers or to the database failed. The relay retries until it succeeds. */
  waiting?(event: { readonly for: "brokers" | "database"; readonly error: KeylineError }): void;
  /** The relay's slots have changed; there are 64, shared among all running relays. */
  slots?(event: { readonly owned: number }): void;
  /** The relay receives no notifications, and polls every `pollMs` only. `error` is null if nothing failed. */
  polling?(event: { readonly error: unknown }): void;
}

/** The options of a relay. `topics`, `transport` and `database` are required. */
export interface RelayOptions {
  /** The topics of the contract, by the names with which the outbox wrote. */
  readonly topics: Topics;
  /** The connection to the cluster; the relay does not close it. */
  readonly transport: Transport;
  /** The database, from `openPostgres` or `openPglite`; the relay does not close it. */
  readonly database: Database;
  /** The schema of the tables. Default `keyline`. */
  readonly schema?: string;
  /** Callbacks of the relay. Default none. */
  readonly hooks?: RelayHooks;
  /** Callbacks of the producer inside the relay. Default none. */
  readonly producerHooks?: Hooks;
  readonly tracing?: Tracing;
  /**
   * How often it polls when there were no rows (milliseconds). Default 100. While there are rows it reads continuously.
   */
  readonly pollMs?: number;
  /**
   * How long the slots of a relay that was killed stay reserved (milliseconds). Default 10,000. If a relay may stall
   * for longer, other relays take its slots while it lives, and rows are published twice.
   */
  readonly leaseMs?: number;
  /** How long a parked key waits before the next attempt (milliseconds). Default 30,000. */
  readonly retryParkedMs?: number;
  /** The maximum number of rows in memory. Default 10,000. */
  readonly maxRows?: number;
  /** The maximum number of characters of events in memory; a single larger event is let through. Default 32,000,000. */
  readonly maxBytes?: number;
  /**
   * How long a batch is retried while its broker cannot be reached (milliseconds), before the relay starts over with
   * it. Default 120,000.
   */
  readonly deliveryTimeoutMs?: number;
}

/** Publishes the events of outboxes. */
export interface Relay extends AsyncDisposable {
  /**
   * Migrates the tables and begins. Rejects with `store_unavailable` if the database does not answer, or the user has
   * no right to create a missing table.
   */
  start(): Promise<void>;
  /** The status of the outbox, over all relays. Rejects with `store_unavailable`. */
  status(): Promise<OutboxStatus>;
  /** The status of this relay. */
  standing(): {
    readonly slots: number;
    readonly parkedKeys: number;
    /** How it learns of new rows: the database notifies it, or it polls every `pollMs`. */
    readonly wakesBy: "notification" | "polling";
    /** The server that does not answer; null while both do. */
    readonly waitsFor: "brokers" | "database" | null;
  };
  /**
   * Stops reading, waits until the events in flight are settled (at most `timeoutMs`, default 30,000), and releases its
   * slots. Events that were not settled are published again by another relay.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
