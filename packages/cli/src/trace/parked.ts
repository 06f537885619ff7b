import type { Topics } from "@keyline/runtime";
import { clip, type EventContext, type TraceEvent, traceEvent } from "./event.js";
import { type NotRead, notReadOf } from "./plan.js";

/** Reads the parked events of a key, over all apps. */
export type ReadParked = (
  topics: Topics,
  context: EventContext,
) => Promise<{ readonly events: readonly TraceEvent[]; readonly notRead: readonly NotRead[] }>;

/** Parked events of one key that are read at most. */
const limit = 10_000;

/** Reads them from the apps' PostgreSQL, and changes nothing there. */
export async function openParked(url: string, domain: string, key: string) {
  const { createStoreReader } = await import("@keyline/postgres");
  const store = createStoreReader({ url, maxConnections: 1 });
  const read: ReadParked = async (topics, context) => {
    try {
      const rows = await store.parkedEvents({ domain, key, limit });
      const events = rows.flatMap(({ app, record, failure }) => {
        const topic = Object.values(topics).find(({ address }) => address === record.topic);
        const note = {
          app,
          code: failure?.code ?? null,
          message: failure && clip(failure.message),
          lastAtMs: failure?.lastAtMs ?? null,
        };
        return topic ? [{ ...traceEvent(record, topic, context), foundAs: "parked" as const, parked: [note] }] : [];
      });
      return { events, notRead: [] };
    } catch (caught) {
      return { events: [], notRead: [notReadOf("parked events", caught)] };
    }
  };
  return { read, close: () => store.close() };
}
