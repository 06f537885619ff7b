import { setTimeout as sleep } from "node:timers/promises";
import { createConsumer, type HandlerContext, isKeylineError, type Transport } from "@keyline/runtime";
import { type NoteEvent, type NoteTopic, noteTopics } from "./notes.js";

/** Why a reader could not go on. */
export interface End {
  readonly code: string;
  readonly message: string;
}

/** A consumer of one of the topics. */
export interface Reader {
  /** Resolves when it has ended: with what ended it, or with null when it was closed. */
  readonly ended: Promise<End | null>;
  /** What it is doing, for a report. */
  state(): string;
  close(): Promise<void>;
}

/** A reader is slow enough to be behind when much comes at once. */
const handlingMs = 20;

/** Handles notes, one at a time; `handled` is told the number of each and the partition that it lay on, at least once. */
export function startReader(
  transport: Transport,
  { topic, groupId }: { readonly topic: NoteTopic; readonly groupId: string },
  handled: (n: number, partition: number) => void,
): Reader {
  const handle = async ({ n }: NoteEvent, { partition }: HandlerContext) => {
    await sleep(handlingMs);
    handled(n, partition);
  };
  const consumer = createConsumer(noteTopics, {
    transport,
    groupId,
    concurrency: 1,
    on: { [topic]: handle },
  });
  const ended = consumer.run().then(
    () => null,
    (caught: unknown) => ({ code: isKeylineError(caught) ? caught.code : "", message: String(caught) }),
  );
  return { ended, state: () => JSON.stringify(consumer.lanes()), close: () => consumer.close() };
}
