import { randomUUID } from "node:crypto";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import type { World } from "./world.js";

/** Meets the same error three times, as the class's second scripted student does. Resolves to when the third was sent. */
export async function failThrice({ producer }: Pick<World, "producer">, student_id: number): Promise<number> {
  let sentAtMs = 0;
  for (let time = 0; time < 3; time += 1) {
    const submission = { submission_id: randomUUID(), module: "oop", exercise_id: 501 } as const;
    await producer.codeSubmitted({ student_id, payload: { ...submission, code: "print(total)\n" } });
    const failure = { success: false, error_type: "NameError", error_message: "name 'total' is not defined" };
    sentAtMs = Date.now();
    await producer.codeExecuted({ student_id, payload: { ...submission, ...failure, execution_time_ms: 7 } });
  }
  return sentAtMs;
}

/** The payload of a structured CloudEvent's data. */
export function payloadOf(record: ConsumerRecord): { readonly [name: string]: unknown } {
  return JSON.parse(Buffer.from(record.value ?? []).toString()).data.payload;
}

export const keyOf = (record: ConsumerRecord) => Buffer.from(record.key ?? []).toString();

/** The header of a record; its last one of that name. */
export function headerOf(record: ConsumerRecord, name: string): string | undefined {
  const value = record.headers.findLast(([header]) => header === name)?.[1];
  return value && Buffer.from(value).toString();
}
