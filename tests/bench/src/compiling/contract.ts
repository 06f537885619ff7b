/** A contract of many topics, each with an envelope that all share and a payload of its own, as a company's may be. */
export function contractOf(topics: number): string {
  const each = <Made>(make: (number: number) => readonly [string, Made]) =>
    Object.fromEntries(Array.from({ length: topics }, (_, index) => make(index + 1)));
  const text = { type: "string" };
  const line = { type: "object", required: ["sku"], properties: { sku: text, quantity: { type: "integer" } } };
  const payload = (n: number) => ({
    type: "object",
    required: ["submission_id", "module", "success", "lines"],
    properties: {
      submission_id: { type: "string", format: "uuid", description: "The submission that ran." },
      module: { $ref: "#/components/schemas/Module" },
      exercise_id: { type: "integer", description: "The exercise that the code is for." },
      success: { type: "boolean" },
      error_type: { type: ["string", "null"] },
      kind: { enum: ["first", "second", `kind ${n}`] },
      time_ms: { type: "number", minimum: 0 },
      lines: { type: "array", items: line },
      tags: { type: "object", additionalProperties: text },
    },
  });
  const envelope = {
    type: "object",
    required: ["event_id", "event_type", "student_id", "timestamp", "payload"],
    properties: {
      event_id: { type: "string", format: "uuid", description: "The event's own id." },
      event_type: text,
      student_id: { type: "integer", minimum: 1, description: "The student." },
      timestamp: { type: "string", format: "date-time" },
      correlation_id: { type: "string", format: "uuid" },
      payload: { type: "object" },
    },
  };
  const ownFields = (n: number) => ({
    event_type: { const: `thing.${n}` },
    payload: { $ref: `#/components/schemas/Thing${n}Payload` },
  });
  return JSON.stringify({
    ...{ asyncapi: "3.1.0", info: { title: "Many topics", version: "1.0.0" } },
    "x-ordering": { all: { key: "$message.payload#/student_id", partitioner: "murmur2" } },
    channels: each((n) => [
      `thing${n}`,
      {
        ...{ address: `thing.${n}`, bindings: { kafka: { partitions: 12 } } },
        messages: { done: { $ref: `#/components/messages/thing${n}Done` } },
      },
    ]),
    components: {
      messages: each((n) => {
        const parts = [{ $ref: "#/components/schemas/Envelope" }, { type: "object", properties: ownFields(n) }];
        return [`thing${n}Done`, { title: `Thing ${n}`, payload: { allOf: parts } }];
      }),
      schemas: {
        ...{ Envelope: envelope, Module: { enum: ["basics", "functions", "errors"], description: "The module." } },
        ...each((n) => [`Thing${n}Payload`, payload(n)]),
      },
    },
  });
}
