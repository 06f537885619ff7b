/** A contract of many channels: each has a message with a schema of its own, and all share one more. */
export function manyChannels(count: number): string {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const channels = numbers.map(
    (n) =>
      `  topic${n}: { address: topic.${n}, bindings: { kafka: { partitions: 6 } }, messages: { event${n}: { $ref: "#/components/messages/event${n}" } } }\n`,
  );
  const messages = numbers.map((n) => `    event${n}: { payload: { $ref: "#/components/schemas/Event${n}" } }\n`);
  const schemas = numbers.map(
    (n) => `    Event${n}:
      type: object
      required: [id, part]
      properties: { id: { type: integer }, part: { $ref: "#/components/schemas/Part" } }
`,
  );
  return `asyncapi: 3.0.0
info: { title: Many, version: 1.0.0 }
x-ordering: { all: { key: $message.payload#/id, partitioner: murmur2 } }
channels:
${channels.join("")}components:
  messages:
${messages.join("")}  schemas:
    Part: { type: object, required: [size], properties: { size: { type: integer } } }
${schemas.join("")}`;
}
