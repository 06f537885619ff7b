import type { Database } from "@keyline/postgres/database";
import type { Hooks, KeylineError, Topics, Transport } from "@keyline/runtime";
import type { Tracing } from "@keyline/runtime/tracing";
import type { OutboxStatus } from "../table/status.js";

/**
 * Callbacks for what a relay does, each called synchronously and never awaited; one that throws is told by a warning and ignored.
 * Keys and numbers are for logs: never make them metric labels.
 */
export interface RelayHooks {
  /** Rows were published, and deleted from the table. */
  published?(event: { readonly rows: number }): void;
  /**
   * A row cannot be published: its key waits, with all that comes after it, and is tried again after `retryParkedMs`. Called at each try.
   */
  parked?(event: {
    /** Its address, or its name where the contract has lost it; null where the row cannot be read. */
    readonly topic: string | null;
    /** Null for an event that no key keeps in order. */
    readonly key: string | null;
    /** The number of the row. */
    readonly number: string;
    readonly error: KeylineError;
  }): void;
  /** The brokers, or the database, did not do what they were asked for. The relay tries until they do. */
  waiting?(event: { readonly for: "brokers" | "database"; readonly error: KeylineError }): void;
  /** The relay owns other slots than before; of 64, shared among all relays that are alive. */
  slots?(event: { readonly owned: number }): void;
  /** The relay does not hear of what is written, and looks every `pollMs` alone. `error` is null where nothing failed. */
  polling?(event: { readonly error: unknown }): void;
}

/** How a relay is made. Look first at `topics`, `transport` and `database`; the rest has defaults that fit. */
export interface RelayOptions {
  /** The topics of the contract, by the names under which the outbox wrote. */
  readonly topics: Topics;
  /** Not closed with the relay. */
  readonly transport: Transport;
  /** Made by `openPostgres` or `openPglite`. Not closed with the relay. */
  readonly database: Database;
  /** The schema that holds the tables. Default `keyline`. */
  readonly schema?: string;
  readonly hooks?: RelayHooks;
  /** Hooks of the producer inside. */
  readonly producerHooks?: Hooks;
  readonly tracing?: Tracing;
  /** How often it looks for rows when there were none (milliseconds). Default 100. While there are rows it looks at once. */
  readonly pollMs?: number;
  /**
   * How long the slots of a relay that ended without a word stay its own (milliseconds). Default 10,000. Shorter than a relay
   * may stand still, others take over while it lives: rows are published twice.
   */
  readonly leaseMs?: number;
  /** How long a parked key waits before it is tried again (milliseconds). Default 30,000. */
  readonly retryParkedMs?: number;
  /** Rows in memory at most. Default 10,000. */
  readonly maxRows?: number;
  /** Characters of events in memory at most, one event apart. Default 32,000,000. */
  readonly maxBytes?: number;
  /** How long a batch is tried while its broker cannot be reached (milliseconds), before it is tried anew. Default 120,000. */
  readonly deliveryTimeoutMs?: number;
}

/** Publishes what outboxes wrote. */
export interface Relay extends AsyncDisposable {
  /**
   * Brings the tables up to date, and begins. Rejects with `store_unavailable` where the database does not answer, or does not let it
   * create what is missing.
   */
  start(): Promise<void>;
  /** How the outbox stands, of all relays. Rejects with `store_unavailable`. */
  status(): Promise<OutboxStatus>;
  /** How this relay stands. */
  standing(): {
    readonly slots: number;
    readonly parkedKeys: number;
    /** Whether it hears of what is written; else it looks every `pollMs`. */
    readonly wakesBy: "notification" | "polling";
    /** What it waits for. */
    readonly waitsFor: "brokers" | "database" | null;
  };
  /**
   * Reads no more, waits until what is under way is settled (`timeoutMs` at most, default 30,000), and leaves its slots to the
   * others. What was not settled is published again by another relay.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
