import { setTimeout as sleep } from "node:timers/promises";
import { createProducer, type Transport } from "@keyline/runtime";
import { type NoteTopic, noteTopics } from "./notes.js";

/** A note, and what became of it. */
export interface Note {
  readonly topic: NoteTopic;
  readonly n: number;
  readonly calledMs: number;
  /** Where it lies, since it was acknowledged. */
  acknowledged?: { readonly partition: number; readonly offset: number };
}

/** Publishes notes on all topics until it is stopped. */
export interface Writer {
  readonly notes: readonly Note[];
  /** Sends so many at once to a topic. Resolves when each was acknowledged or rejected. */
  burst(topic: NoteTopic, count: number): Promise<void>;
  stop(): Promise<void>;
}

const everyMs = 100;

/** Invariant: `notes` has every note that was sent, by its number; `acknowledged` is set once, when its send resolves. */
export function startWriter(transport: Transport): Writer {
  const producer = createProducer(
    { growing: noteTopics.growing, recreated: noteTopics.recreated },
    { transport, source: "chaos" },
  );
  const notes: Note[] = [];
  const stopping = new AbortController();

  const send = (topic: NoteTopic) => {
    const note: Note = { topic, n: notes.length, calledMs: performance.now() };
    notes.push(note);
    return producer[topic]({ n: note.n }).then(
      ({ partition, offset }) => {
        note.acknowledged = { partition, offset };
      },
      // It may be in the log or not.
      () => undefined,
    );
  };
  const writing = (async () => {
    while (!stopping.signal.aborted) {
      for (const topic of ["growing", "recreated"] as const) void send(topic);
      await sleep(everyMs);
    }
  })();
  return {
    notes,
    async burst(topic, count) {
      await Promise.all(Array.from({ length: count }, () => send(topic)));
    },
    async stop() {
      stopping.abort();
      await writing;
      await producer.close({ timeoutMs: 60_000 });
    },
  };
}
