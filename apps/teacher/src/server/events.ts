import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { Feed } from "../feed/feed.js";
import type { Changes, Snapshot, Status, WireStudent } from "../wire.js";
import { refused } from "./guard.js";

/** What readers receive. */
export interface EventSource {
  readonly feed: Feed<WireStudent>;
  snapshot(): Snapshot;
  status(): Promise<Status>;
}

/** Streams of server-sent events, one for each open page. */
export interface EventStreams {
  /** One more stream for a session; refused where it has as many as it may have. */
  respond(context: Context, session: string): Response;
  /** Ends all of them. */
  close(): void;
}

const statusEveryMs = 1000;

/** Streams of one session: pages that are open in the browsers of one reader. */
const mostStreams = 20;

/**
 * A reader gets what it missed where it says how far it was with this process; a snapshot, which replaces all, wherever not:
 * after a restart, at another copy. A slow reader holds up no other.
 *
 * Invariant: `open` has for each session how many of its streams have not ended.
 */
export function createEventStreams(source: EventSource): EventStreams {
  const stop = new AbortController();
  const open = new Map<string, number>();
  const count = (session: string, more: 1 | -1) => {
    const now = (open.get(session) ?? 0) + more;
    if (now === 0) open.delete(session);
    else open.set(session, now);
  };
  // Places of another process, or of this one before it was started again, mean nothing here.
  const process = randomBytes(6).toString("base64url");

  const placeOf = (id: string | undefined): number => {
    const [from, place = ""] = (id ?? "").split(":", 2);
    return from === process && /^\d{1,15}$/.test(place) ? Number(place) : -1;
  };

  return {
    respond(context, session) {
      if ((open.get(session) ?? 0) >= mostStreams) return refused(context, 429, "this page is open too often");
      count(session, 1);
      const write = async (stream: SSEStreamingApi) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const signal = AbortSignal.any([gone.signal, stop.signal]);
        // A page that opens a stream again by hand cannot set the header.
        let place = placeOf(context.req.header("last-event-id") ?? context.req.query("after"));
        let statusAtMs = Number.NEGATIVE_INFINITY;
        while (!signal.aborted) {
          const missed = source.feed.since(place);
          // Taken with the place in one go: nothing comes between.
          place = source.feed.end;
          if (missed === null) {
            await stream.writeSSE({
              event: "snapshot",
              id: `${process}:${place}`,
              data: JSON.stringify(source.snapshot()),
            });
          } else if (missed.length > 0) {
            const changes: Changes = { students: missed };
            await stream.writeSSE({ event: "changes", id: `${process}:${place}`, data: JSON.stringify(changes) });
          }
          if (performance.now() - statusAtMs >= statusEveryMs) {
            statusAtMs = performance.now();
            await stream.writeSSE({ event: "status", data: JSON.stringify(await source.status()) });
          }
          const timeoutMs = Math.max(1, statusAtMs + statusEveryMs - performance.now());
          await source.feed.changed(place, { timeoutMs, signal });
        }
      };
      return streamSSE(context, (stream) => write(stream).finally(() => count(session, -1)));
    },
    close: () => stop.abort(),
  };
}
