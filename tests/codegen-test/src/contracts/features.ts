/** A small contract that shows one feature of generation. */
export interface Feature {
  readonly name: string;
  readonly yaml: string;
}

/** A document with these root fields; kafka is the only server. */
const document = (body: string, title = "Feature"): string => `asyncapi: 3.0.0
info: { title: ${title}, version: 1.2.3 }
${body}`;

const kafka = "bindings: { kafka: { partitions: 6 } }";

const ordersMessage = `
  messages:
    OrderCreated:
      payload: { $ref: "#/components/schemas/Order" }`;

/** A channel that carries one message, with a payload. */
const oneChannel = (payload: string, more = ""): string =>
  document(`${more}
channels:
  things:
    address: things
    ${kafka}
    messages:
      thing:
        name: thing
        payload: ${payload}
`);

export const features: readonly Feature[] = [
  {
    name: "integer-key",
    yaml: oneChannel(
      `{ type: object, required: [id, at], properties: { id: { type: integer }, at: { type: string, format: date-time } } }`,
      "x-ordering: { things: { key: $message.payload#/id, partitioner: murmur2 } }",
    ),
  },
  {
    name: "nested-string-key",
    yaml: oneChannel(
      `{ type: object, required: [owner], properties: { owner: { type: object, required: [name], properties: { name: { type: string, minLength: 1 } } } } }`,
      "x-ordering: { owners: { key: $message.payload#/owner/name, partitioner: consistent, maxKeyBytes: 200 } }",
    ),
  },
  {
    name: "envelope",
    yaml: document(`
x-ordering: { orders: { key: $message.payload#/order_id, partitioner: murmur2 } }
x-wire: cloudevents
channels:
  orderCreated:
    address: order.created
    title: New orders
    description: "What customers order.\\n\\nSee */ the shop."
    ${kafka}
    messages:
      orderCreated: { $ref: "#/components/messages/orderCreated" }
components:
  messages:
    orderCreated:
      name: order.created
      title: An order was made
      correlationId: { location: $message.payload#/correlation_id }
      payload:
        allOf:
          - $ref: "#/components/schemas/Envelope"
          - type: object
            properties:
              event_type: { const: order.created }
              payload: { $ref: "#/components/schemas/Order" }
      examples:
        - payload: { event_id: 5b0e2a64-6d0c-4b53-9f3c-0d6a1f0f7a02, correlation_id: 5b0e2a64-6d0c-4b53-9f3c-0d6a1f0f7a03, order_id: 7, event_type: order.created, timestamp: "2026-01-05T09:30:00Z", payload: { total: 12.5, note: "it's \`quoted\`" } }
  schemas:
    Envelope:
      type: object
      required: [correlation_id, order_id, event_type, timestamp, payload]
      properties:
        event_id: { type: string, format: uuid }
        correlation_id: { type: string, format: uuid }
        order_id: { type: integer, minimum: 1 }
        event_type: { type: string }
        timestamp: { type: string, format: date-time }
        payload: { type: object }
    Order:
      type: object
      description: What was ordered.
      required: [total]
      properties:
        total: { type: number, multipleOf: 0.01 }
        note: { type: string, description: "Anything */ at all." }
`),
  },
  {
    name: "two-domains",
    yaml: document(`
x-ordering:
  orders: { key: $message.payload#/order_id, partitioner: murmur2 }
  customers: { key: $message.payload#/customer_id, partitioner: fnv1a }
channels:
  byOrder:
    address: by-order
    x-ordering: orders
    ${kafka}
    messages: { OrderCreated: { $ref: "#/components/messages/OrderCreated" } }
  byCustomer:
    address: by-customer
    x-ordering: customers
    ${kafka}
    messages: { OrderCreated: { $ref: "#/components/messages/OrderCreated" } }
  unordered:
    address: unordered
    x-ordering: none
    ${kafka}
    messages: { OrderCreated: { $ref: "#/components/messages/OrderCreated" } }
components:${ordersMessage}
  schemas:
    Order:
      type: object
      required: [order_id, customer_id]
      properties: { order_id: { type: integer }, customer_id: { type: string, minLength: 1 } }
`),
  },
  {
    name: "unkeyed-with-parameters",
    yaml: document(`
channels:
  measured:
    address: "metrics.{region}.{site}.measured"
    parameters:
      region: { enum: [eu, us], description: Where it is. }
      site: { default: main }
    ${kafka}
    messages:
      measured: { payload: { type: object, required: [value], properties: { value: { type: number } } } }
`),
  },
  {
    name: "several-messages",
    yaml: document(`
x-ordering: { accounts: { key: $message.payload#/account, partitioner: murmur2 } }
channels:
  accounts:
    address: accounts
    ${kafka}
    messages:
      opened: { name: account.opened, payload: { type: object, required: [account], properties: { account: { type: string, minLength: 1 } } } }
      closed: { name: account.closed, payload: { type: object, required: [account, reason], properties: { account: { type: string, minLength: 1 }, reason: { type: string } } } }
`),
  },
  {
    name: "recursive-schemas",
    yaml: document(`
channels:
  trees:
    address: trees
    ${kafka}
    messages:
      planted: { payload: { $ref: "#/components/schemas/Tree" } }
components:
  schemas:
    Tree:
      type: object
      required: [label]
      properties:
        label: { type: string }
        children: { type: array, items: { $ref: "#/components/schemas/Tree" } }
        forest: { $ref: "#/components/schemas/Forest" }
    Forest:
      type: object
      properties:
        trees: { type: array, items: { $ref: "#/components/schemas/Tree" } }
`),
  },
  {
    name: "name-clashes",
    yaml: document(`
channels:
  order-created: { address: a, ${kafka}, messages: { Order: { payload: { $ref: "#/components/schemas/Order" } } } }
  order.created: { address: b, ${kafka}, messages: { order: { payload: { $ref: "#/components/schemas/order" } } } }
  constructor: { address: c, ${kafka}, messages: { then: { payload: { type: string } }, constructor: { payload: { type: integer } } } }
  close: { address: d, ${kafka}, messages: { delete: { payload: { $ref: "#/components/schemas/Record" } } } }
  "1st": { address: e, ${kafka}, messages: { "1st": { payload: { $ref: "#/components/schemas/con" } } } }
  "größe": { address: f, ${kafka}, messages: { "größe": { payload: { type: object, required: [constructor], properties: { "__proto__": { type: string }, constructor: { type: string }, "a-b": { type: string } } } } } }
  "***": { address: "g.h", ${kafka}, messages: { "***": { payload: {} } } }
  kind: { address: i, ${kafka}, messages: { topics: { payload: { type: array, items: { type: string } } } } }
components:
  schemas:
    Order: { type: object, properties: { a: { type: string } } }
    order: { type: object, properties: { b: { type: string } } }
    Record: { type: object, additionalProperties: { type: integer } }
    con: { type: object, required: [n], properties: { n: { type: "null" } } }
`),
  },
  {
    name: "plain-without-examples",
    yaml: document(`
x-wire: plain
channels:
  clicks:
    address: clicks
    ${kafka}
    messages:
      click:
        payload:
          type: object
          required: [url, kind, tags, at, where]
          properties:
            url: { type: string, format: uri }
            kind: { enum: [left, right] }
            tags: { type: array, minItems: 1, items: { type: string } }
            at: { type: string, format: date }
            where: { oneOf: [{ type: object, required: [x], properties: { x: { type: integer } } }, { type: "null" }] }
`),
  },
  {
    name: "open-and-unions",
    yaml: document(`
channels:
  open:
    address: open
    ${kafka}
    messages:
      open: { payload: { type: object, required: [timestamp, count], properties: { timestamp: { type: string, format: date-time }, count: { type: integer } }, additionalProperties: { type: [string, "null"] } } }
  either:
    address: either
    ${kafka}
    messages:
      either:
        payload:
          oneOf:
            - { type: object, required: [kind, width], properties: { kind: { const: square }, width: { type: number } } }
            - { type: object, required: [kind, radius], properties: { kind: { const: circle }, radius: { type: number } } }
  map:
    address: map
    ${kafka}
    messages:
      map: { payload: { type: object, additionalProperties: { type: integer } } }
`),
  },
  {
    name: "left-out",
    yaml: document(`
channels:
  sent:
    address: parcels
    ${kafka}
    messages:
      ParcelSent: { payload: { type: object, required: [id], properties: { id: { type: string } } } }
  lost:
    address: parcels
    messages:
      ParcelLost: { payload: { type: object, required: [id], properties: { id: { type: string } } } }
  legacy:
    address: parcels.legacy
    summary: What the old depot *wrote*.
    bindings: { kafka: { partitions: 3, topicConfiguration: { retention.ms: 86400000 } } }
    messages:
      Legacy:
        payload:
          schemaFormat: application/vnd.apache.avro;version=1.9.0
          schema: { type: record, name: Legacy, fields: [] }
  raw: { address: parcels.raw }
  answer: { address: null, messages: { Answer: { payload: { type: string } } } }
operations:
  sendLost: { action: send, x-app: depot, channel: { $ref: "#/channels/lost" } }
  sendLegacy: { action: send, x-app: depot, channel: { $ref: "#/channels/legacy" } }
`),
  },
  {
    name: "no-channels",
    yaml: document("channels: {}"),
  },
];
