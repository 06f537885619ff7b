import { z } from "zod";
import type { MessageDescriptor, TopicDescriptor } from "../descriptor.js";

/** The event of the captured Dapr records. */
export const executed = {
  event_id: "7d3c9a52-2f0b-4a8e-9d52-0c9f5f4f7a11",
  correlation_id: "0b0c3f6e-1111-4222-8333-444455556666",
  student_id: 42,
  event_type: "code.executed",
  timestamp: "2026-11-23T08:00:00.000Z",
  payload: {
    submission_id: "3f3f3f3f-0000-4000-8000-000000000001",
    module: "oop",
    exercise_id: 7,
    success: false,
    error_type: "NameError",
    error_message: "name 'x' is not defined",
    execution_time_ms: 12,
  },
};

/** A message of the student domain whose payload has one checked field. */
export function studentMessage(name: string, payload: z.ZodType = z.looseObject({})): MessageDescriptor {
  return {
    kind: "message",
    format: 1,
    name,
    schema: z.looseObject({
      event_id: z.string().optional(),
      correlation_id: z.string(),
      student_id: z.number().int().min(-10),
      event_type: z.literal(name),
      timestamp: z.string(),
      payload,
    }),
    declared: true,
    key: ["student_id"],
    fill: [],
    id: ["event_id"],
    type: { path: ["event_type"], value: name },
    time: ["timestamp"],
    correlation: { in: "payload", path: ["correlation_id"] },
  };
}

/** A topic for tests; a keyed one of the domain `students` unless `overrides` say otherwise. */
export function testTopic(
  messages: { readonly [name: string]: MessageDescriptor },
  overrides: Partial<TopicDescriptor> = {},
): TopicDescriptor {
  return {
    kind: "topic",
    format: 1,
    name: "codeExecuted",
    address: "code.executed",
    parameters: [],
    domain: {
      kind: "domain",
      name: "students",
      partitioner: "fnv1a",
      keyType: "integer",
      partitions: 12,
      topics: ["code.executed"],
    },
    partitions: 12,
    wire: "cloudevents",
    messages,
    ...overrides,
  };
}

/** The topic of the captured Dapr records. */
export const codeExecuted = testTopic({
  codeExecuted: studentMessage("code.executed", z.looseObject({ submission_id: z.string(), success: z.boolean() })),
});
