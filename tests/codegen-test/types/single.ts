// Uses of the student SDK in the layout `single`, from beside its folder. Compiled by single.test.ts with the import endings of
// each module setting; never run.

import type { Transport } from "@keyline/runtime";
// @boundaries-ignore generated before this is compiled
import { createConsumer, defineProjection } from "./keyline/consumer.js";
// @boundaries-ignore generated before this is compiled
import { type CodeExecutedInput, codeExecutedSchema, topics } from "./keyline/events.js";
// @boundaries-ignore generated before this is compiled
import { createProducer, type EventProducer } from "./keyline/producer.js";

export const addresses: readonly string[] = Object.values(topics).map(({ address }) => address);

export async function send(transport: Transport, event: CodeExecutedInput): Promise<void> {
  const producer: EventProducer = createProducer({ transport, source: "sandbox" });
  await producer.codeExecuted(event);
  // @ts-expect-error the contract has no such topic
  producer.codeRun;
  // @ts-expect-error the key is an integer
  void producer.codeExecuted({ ...event, student_id: "42" });
}

export const failures = defineProjection({
  name: "failures",
  initial: () => ({ inARow: 0 }),
  on: { codeExecuted: (state, event) => ({ inARow: event.payload.success ? 0 : state.inARow + 1 }) },
});

export const consumer = (transport: Transport) =>
  createConsumer({
    transport,
    groupId: "mailer",
    on: { codeExecuted: (event, ctx) => console.log(event.payload.module, ctx.key) },
  });

export const isRun = (value: unknown): boolean => codeExecutedSchema.safeParse(value).success;
