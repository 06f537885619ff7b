/** `asyncapi.yaml`: two topics of one ordering domain, small enough to be read at once. */
export const contractFile = (title: string): string => `asyncapi: 3.1.0
info:
  title: ${JSON.stringify(title)}
  version: 0.1.0
  description: What happens to an order.
defaultContentType: application/json

# All events of an order keep their order, over both topics: the key comes from the payload, never from the caller.
x-ordering:
  orders:
    key: $message.payload#/order_id
    partitioner: murmur2 # what Java's clients use; fnv1a where Dapr publishes

channels:
  orderPlaced:
    address: order.placed
    description: Orders, as customers place them.
    messages:
      orderPlaced: { $ref: "#/components/messages/orderPlaced" }
    bindings:
      kafka: { partitions: 6, replicas: 3, bindingVersion: 0.5.0 }
  orderPaid:
    address: order.paid
    description: Payments, as they come in.
    messages:
      orderPaid: { $ref: "#/components/messages/orderPaid" }
    bindings:
      kafka: { partitions: 6, replicas: 3, bindingVersion: 0.5.0 }

operations:
  placeOrder: { action: send, channel: { $ref: "#/channels/orderPlaced" }, x-app: shop }
  payOrder: { action: send, channel: { $ref: "#/channels/orderPaid" }, x-app: shop }
  readPlaced: { action: receive, channel: { $ref: "#/channels/orderPlaced" }, x-app: mailer }
  readPaid: { action: receive, channel: { $ref: "#/channels/orderPaid" }, x-app: mailer }

components:
  messages:
    orderPlaced:
      summary: A customer placed an order.
      payload:
        type: object
        required: [event_id, event_type, timestamp, order_id, total]
        properties:
          event_id: { $ref: "#/components/schemas/eventId" }
          event_type: { type: string, const: order.placed }
          timestamp: { $ref: "#/components/schemas/timestamp" }
          order_id: { $ref: "#/components/schemas/orderId" }
          total: { type: integer, minimum: 1, description: In cents. }
      examples:
        - payload:
            event_id: 5f0c6ad4-5cf6-4c5a-9f0c-6d2f4b1f2a10
            event_type: order.placed
            timestamp: "2026-01-15T09:30:00Z"
            order_id: 1001
            total: 2500
    orderPaid:
      summary: A payment for an order came in.
      payload:
        type: object
        required: [event_id, event_type, timestamp, order_id, amount]
        properties:
          event_id: { $ref: "#/components/schemas/eventId" }
          event_type: { type: string, const: order.paid }
          timestamp: { $ref: "#/components/schemas/timestamp" }
          order_id: { $ref: "#/components/schemas/orderId" }
          amount: { type: integer, minimum: 1, description: In cents. }
      examples:
        - payload:
            event_id: 0f8fad5b-d9cb-469f-a165-70867728950e
            event_type: order.paid
            timestamp: "2026-01-15T09:31:12Z"
            order_id: 1001
            amount: 2500
  schemas:
    # The producer fills in these two and event_type.
    eventId: { type: string, format: uuid }
    timestamp: { type: string, format: date-time }
    orderId: { type: integer, minimum: 1, description: The key. }
`;
