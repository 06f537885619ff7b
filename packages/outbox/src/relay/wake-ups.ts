import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@keyline/postgres/database";
import { channelOf } from "../table/channel.js";

export interface WakeUpOptions {
  readonly database: Database;
  readonly schema: string;
  /** Something was written. */
  woken(): void;
  /** This relay hears nothing and looks at intervals alone; `error` says why where something failed. */
  polling(error: unknown): void;
}

/** Hears of what is written, where the connection lets it. */
export interface WakeUps {
  /** Begins to listen unless it does. Resolves when it is known whether anything is heard. Never rejects. */
  listen(): Promise<void>;
  isHeard(): boolean;
  close(): Promise<void>;
}

/** How long its own notification may take. */
const ownNotificationMs = 2000;

/**
 * Invariant: `stop` is set exactly while a connection listens whose own notification was heard within 2 s. A pooler in
 * transaction mode takes LISTEN and forgets it, so nothing less is believed. `opening` is the one attempt that is under way; once
 * `closing` has fired none begins, and one that is under way keeps no connection.
 */
export function createWakeUps({ database, schema, woken, polling }: WakeUpOptions): WakeUps {
  let stop: (() => Promise<void>) | null = null;
  let opening: Promise<void> | null = null;
  const closing = new AbortController();

  const open = async () => {
    const token = randomUUID();
    const heard = Promise.withResolvers<boolean>();
    const lost = () => {
      heard.resolve(false);
      if (!stop) return;
      stop = null;
      polling(new Error("the connection that listened has ended"));
    };
    const end = await database.listen(
      channelOf(schema),
      (payload) => (payload === token ? heard.resolve(true) : woken()),
      lost,
    );
    try {
      await database.query("select pg_notify($1, $2)", [channelOf(schema), token]);
      const late = sleep(ownNotificationMs, false, { signal: closing.signal, ref: false }).catch(() => false);
      const isHeard = await Promise.race([heard.promise, late]);
      if (isHeard && !closing.signal.aborted) stop = end;
    } finally {
      if (!stop) await end();
    }
    if (!stop && !closing.signal.aborted) polling(null);
  };

  return {
    async listen() {
      if (stop || closing.signal.aborted) return;
      opening ??= open()
        .catch(polling)
        .finally(() => {
          opening = null;
        });
      await opening;
    },
    isHeard: () => stop !== null,
    async close() {
      closing.abort();
      await opening;
      const end = stop;
      stop = null;
      await end?.();
    },
  };
}
