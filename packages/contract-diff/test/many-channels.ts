/** How a contract of many channels is made. */
export interface ManyChannels {
  readonly channels: number;
  /** Put into every payload's own properties, as lines of YAML. */
  readonly more?: string;
  /** Put into the properties of the envelope that all payloads share. */
  readonly shared?: string;
}

const channel = (index: number) => `  c${index}:
    address: topic.${index}
    messages: { m: { $ref: "#/components/messages/m${index}" } }
    bindings: { kafka: { partitions: 6 } }
`;

const message = (index: number, more: string) => `    m${index}:
      payload:
        allOf:
          - $ref: "#/components/schemas/Envelope"
          - type: object
            required: [amount]
            properties:
              event_type: { const: topic.${index} }
              amount: { type: integer, minimum: 0 }
              kind: { type: string, enum: [x, y, z] }
              marks: { type: array, items: { type: number } }
${more}
      examples:
        - payload: { id: k, at: "2026-01-05T09:30:00Z", event_type: topic.${index}, amount: 1 }
`;

/** A contract of many topics in one domain, each with a payload of its own over a shared envelope. */
export const manyChannels = ({ channels, more = "", shared = "" }: ManyChannels): string => {
  const each = (make: (index: number) => string) =>
    Array.from({ length: channels }, (_, index) => make(index)).join("");
  return `asyncapi: 3.1.0
info: { title: Many channels, version: 1.0.0 }
x-ordering:
  all: { key: $message.payload#/id, partitioner: murmur2 }
channels:
${each(channel)}operations:
${each((index) => `  s${index}: { action: send, x-app: app${index % 7}, channel: { $ref: "#/channels/c${index}" } }\n`)}components:
  schemas:
    Envelope:
      type: object
      required: [id, at]
      properties:
        id: { type: string }
        at: { type: string, format: date-time }
${shared}
  messages:
${each((index) => message(index, more))}`;
};
