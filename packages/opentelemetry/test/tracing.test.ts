import { createConsumer, createProducer, createProjector, defineProjection } from "@keyline/runtime";
import type { MemoryCluster } from "@keyline/runtime/memory";
import { createMemoryStore } from "@keyline/runtime/testing";
import { headerText } from "@keyline/runtime/tools";
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTracing } from "../src/index.js";
import { orderCluster, topics, until } from "./orders.js";
import { idOf, startSdk, traceOf } from "./sdk.js";

let sdk: ReturnType<typeof startSdk>;
let cluster: MemoryCluster;
let closing: AsyncDisposable[];
beforeEach(() => {
  sdk = startSdk();
  cluster = orderCluster();
  closing = [];
});
afterEach(async () => {
  for (const one of closing.reverse()) await one[Symbol.asyncDispose]();
  await sdk.stop();
});

const closed = <T extends AsyncDisposable>(one: T): T => {
  closing.push(one);
  return one;
};
const producerOf = (tracing = createTracing()) =>
  closed(createProducer(topics, { transport: cluster.transport(), source: "shop", tracing }));

type On = Parameters<typeof createConsumer<typeof topics>>[1]["on"];
async function consume(on: On, more: Partial<Parameters<typeof createConsumer<typeof topics>>[1]> = {}) {
  const transport = cluster.transport();
  const tracing = createTracing();
  const consumer = closed(createConsumer(topics, { transport, groupId: "billing", on, tracing, ...more }));
  await consumer.start();
  return consumer;
}

const headersOn = (topic: string, offset = 0) => {
  const headers = cluster.records(topic, 0)[offset]?.headers ?? [];
  return { traceparent: headerText(headers, "traceparent"), baggage: headerText(headers, "baggage") };
};

test("a send is a child of the request that it belongs to, and its event carries it", async () => {
  const producer = producerOf();
  const baggage = propagation.createBaggage({ tenant: { value: "blue" } });
  await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () =>
    sdk.tracer.startActiveSpan("POST /orders", async (request) => {
      await producer.orderPlaced({ order_id: 7, event_id: "e-1", correlation_id: "c-1" });
      request.end();
    }),
  );

  const [send] = sdk.spans("send order.placed");
  const [request] = sdk.spans("POST /orders");
  expect(send).toMatchObject({ kind: SpanKind.PRODUCER, status: { code: SpanStatusCode.UNSET } });
  expect(send?.parentSpanContext?.spanId).toBe(idOf(request));
  expect(send?.attributes).toEqual({
    "messaging.system": "kafka",
    "messaging.operation.name": "send",
    "messaging.operation.type": "send",
    "messaging.destination.name": "order.placed",
    "messaging.destination.partition.id": "0",
    "messaging.kafka.offset": 0,
    "messaging.message.id": "e-1",
    "messaging.message.conversation_id": "c-1",
  });
  expect(headersOn("order.placed")).toEqual({
    traceparent: `00-${traceOf(request)}-${idOf(send)}-01`,
    baggage: "tenant=blue",
  });
});

test("an event is processed in the trace of its send, with a link to it, and what its handler does is a child", async () => {
  const producer = producerOf();
  const seen: unknown[] = [];
  await consume({
    async orderPlaced({ order_id }) {
      await Promise.resolve();
      seen.push(propagation.getActiveBaggage()?.getEntry("tenant")?.value);
      await sdk.tracer.startActiveSpan("charge the card", async (span) => {
        await producer.orderPaid({ order_id });
        span.end();
      });
    },
  });
  const baggage = propagation.createBaggage({ tenant: { value: "blue" } });
  await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () =>
    producer.orderPlaced({ order_id: 7, event_id: "e-1", correlation_id: "c-1" }),
  );
  await until("it is processed", () => sdk.spans("process order.placed").length === 1);

  const [process] = sdk.spans("process order.placed");
  const [placed] = sdk.spans("send order.placed");
  const [charge] = sdk.spans("charge the card");
  const [paid] = sdk.spans("send order.paid");
  expect(process).toMatchObject({ kind: SpanKind.CONSUMER, status: { code: SpanStatusCode.UNSET }, events: [] });
  expect(process?.parentSpanContext?.spanId).toBe(idOf(placed));
  expect(process?.links.map(({ context: linked }) => linked.spanId)).toEqual([idOf(placed)]);
  expect(process?.attributes).toEqual({
    "messaging.system": "kafka",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.destination.name": "order.placed",
    "messaging.destination.partition.id": "0",
    "messaging.kafka.offset": 0,
    "messaging.consumer.group.name": "billing",
    "messaging.message.id": "e-1",
    "messaging.message.conversation_id": "c-1",
  });
  expect(charge?.parentSpanContext?.spanId).toBe(idOf(process));
  expect(paid?.parentSpanContext?.spanId).toBe(idOf(charge));
  expect(new Set([placed, process, charge, paid].map(traceOf)).size).toBe(1);
  expect(seen).toEqual(["blue"]);
  expect(headersOn("order.paid").baggage).toBe("tenant=blue");
});

test("a batch is one receive span, a trace of its own, with links to where its events were created", async () => {
  const producer = producerOf();
  await Promise.all([1, 2, 3].map((order_id) => producer.orderPlaced({ order_id })));
  const consumer = await consume({ orderPlaced: () => undefined });
  await consumer.caughtUp();

  const receives = sdk.spans("receive order.placed");
  const sends = sdk.spans("send order.placed");
  expect(receives).toHaveLength(1);
  expect(receives[0]).toMatchObject({ kind: SpanKind.CLIENT, parentSpanContext: undefined });
  expect(receives[0]?.attributes).toMatchObject({
    "messaging.operation.type": "receive",
    "messaging.batch.message_count": 3,
    "messaging.consumer.group.name": "billing",
    "messaging.destination.partition.id": "0",
  });
  expect(receives[0]?.links.map(({ context: linked }) => linked.spanId).toSorted()).toEqual(sends.map(idOf).toSorted());
});

test("each attempt has a span: those that fail say when the next one comes, the last that its event is dead-lettered", async () => {
  const producer = producerOf();
  await consume(
    {
      orderPlaced() {
        throw new Error("the card of Ada Lovelace was refused");
      },
    },
    { retry: { attempts: 2, firstDelayMs: 1 } },
  );
  await producer.orderPlaced({ order_id: 7 });
  await until("it is given up", () => cluster.records("order.placed.dlq", 0).length === 1);

  const [first, last] = sdk.spans("process order.placed");
  const failed = { code: SpanStatusCode.ERROR, message: "handler_failed" };
  expect(first).toMatchObject({
    status: failed,
    attributes: { "error.type": "handler_failed", "keyline.outcome": "failed" },
    events: [{ name: "keyline.retry", attributes: { "keyline.retry.delay_ms": expect.any(Number) } }],
  });
  expect(last).toMatchObject({
    status: failed,
    attributes: { "error.type": "handler_failed", "keyline.outcome": "dead_lettered", "keyline.attempt": 2 },
    events: [],
  });
  expect(idOf(first)).not.toBe(idOf(last));
  expect(
    JSON.stringify(sdk.spans().map(({ attributes, status, events }) => ({ attributes, status, events }))),
  ).not.toContain("Ada");
  // The letter goes on in the same trace.
  expect(headersOn("order.placed.dlq").traceparent).toBe(headersOn("order.placed").traceparent);
});

test("an event that cannot be read has a span that says why", async () => {
  await consume({ orderPaid: () => undefined });
  const value = Buffer.from("not JSON");
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const headers = [["traceparent", Buffer.from(traceparent)]] as const;
  await cluster
    .transport()
    .createProducer()
    .append("order.paid", 0, [{ key: null, value, headers, timestampMs: 1 }]);
  await until("it is refused", () => sdk.spans("process order.paid").length === 1);
  const [refused] = sdk.spans("process order.paid");
  expect(refused).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { "error.type": "record_not_json" },
  });
  expect(traceOf(refused)).toBe("0af7651916cd43dd8448eb211c80319c");
});

test("an event that was held says for how long and for which cause", async () => {
  const producer = producerOf();
  const resume = cluster.faults.holdFetches({ topic: "order.placed" });
  let isHeld = false;
  const hooks = {
    held() {
      isHeld = true;
    },
  };
  const consumer = await consume({ orderPlaced: () => undefined, orderPaid: () => undefined }, { hooks });
  await producer.orderPlaced({ order_id: 7 });
  await producer.orderPaid({ order_id: 7 });
  await until("it is held", () => isHeld);
  resume();
  await consumer.caughtUp();
  const [paid] = sdk.spans("process order.paid");
  expect(paid?.events).toMatchObject([
    {
      name: "keyline.held",
      attributes: { "keyline.held.ms": expect.any(Number), "keyline.held.cause": "order.placed/0@0" },
    },
  ]);
});

/** Sends an order on when it is paid; `fail` may throw, and `inside` is what else the reducer does. */
const shipping = (inside: () => void = () => undefined) =>
  defineProjection<number, typeof topics>(topics, {
    name: "shipping",
    initial: () => 0,
    on: {
      orderPaid(count, { order_id }, ctx) {
        inside();
        ctx.emit.orderSent({ order_id });
        return count + 1;
      },
    },
  });

async function project(
  projection: Parameters<typeof createProjector>[0]["projection"] = shipping(),
  more: Partial<Parameters<typeof createProjector>[0]> = {},
  store = createMemoryStore(),
) {
  const tracing = createTracing();
  const projector = closed(createProjector({ projection, transport: cluster.transport(), store, tracing, ...more }));
  await projector.start();
  return { projector, store };
}

test("what a projection emits is published in the trace of the event that it applied", async () => {
  const producer = producerOf();
  const baggage = propagation.createBaggage({ tenant: { value: "blue" } });
  // Started in the middle of another span: that has nothing to do with what is applied and published.
  const { projector } = await sdk.tracer.startActiveSpan("start", (span) =>
    project(shipping(() => sdk.tracer.startSpan("decide").end())).finally(() => span.end()),
  );
  await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => producer.orderPaid({ order_id: 7 }));
  await projector.caughtUp();
  await until("it is published", () => sdk.spans("send order.sent").length === 1);

  const [paid] = sdk.spans("send order.paid");
  const [process] = sdk.spans("process order.paid");
  const [decide] = sdk.spans("decide");
  const [sent] = sdk.spans("send order.sent");
  expect(process?.parentSpanContext?.spanId).toBe(idOf(paid));
  expect(decide?.parentSpanContext?.spanId).toBe(idOf(process));
  expect(sent?.parentSpanContext?.spanId).toBe(idOf(process));
  expect(headersOn("order.sent").baggage).toBe("tenant=blue");
  expect(new Set([paid, process, decide, sent].map(traceOf)).size).toBe(1);
});

test("what a timer emits when the wall clock fires it begins a trace of its own", async () => {
  const reminding = defineProjection<null, typeof topics>(topics, {
    name: "reminding",
    initial: () => null,
    on: {
      orderPlaced(state, { order_id }, ctx) {
        ctx.timer.set("remind", ctx.timeMs + 1, { order_id });
        return state;
      },
    },
    onTimer(state, { data }, ctx) {
      ctx.emit.orderSent(data as { order_id: number });
      return state;
    },
  });
  await sdk.tracer.startActiveSpan("start", (span) => project(reminding).finally(() => span.end()));
  await producerOf().orderPlaced({ order_id: 7 });
  await until("it is published", () => sdk.spans("send order.sent").length === 1);
  expect(sdk.spans("send order.sent")[0]?.parentSpanContext).toBeUndefined();
});

test("an event of Dapr's is processed in the trace that its CloudEvent names: it has no header", async () => {
  const consumer = await consume({ orderPlaced: () => undefined });
  const data = { event_id: "e-1", correlation_id: "c-1", order_id: 7 };
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const trace = { traceid: traceparent, traceparent, tracestate: "vendor=1" };
  const event = { specversion: "1.0", id: "e-1", source: "shop", type: "com.dapr.event.sent", data, ...trace };
  const untraced = { ...event, traceid: "", traceparent: "", tracestate: "" };
  for (const one of [event, untraced]) {
    const value = Buffer.from(JSON.stringify(one));
    cluster.faults.produce({ topic: "order.placed", partition: 0, key: Buffer.from("7"), value });
  }
  await consumer.caughtUp();
  const [traced, alone] = sdk.spans("process order.placed");
  expect(traced?.parentSpanContext).toMatchObject({ spanId: "b7ad6b7169203331", isRemote: true });
  expect(traced?.spanContext().traceState?.serialize()).toBe("vendor=1");
  expect(alone).toMatchObject({ parentSpanContext: undefined, links: [] });
});

test("a projection's attempts: retried ones, what was rolled back with them, and the last", async () => {
  const producer = producerOf();
  let failures = 0;
  const failing = shipping(() => {
    failures += 1;
    if (failures === 2) throw new Error("not yet");
  });
  await producer.orderPaid({ order_id: 7, event_id: "e-1" });
  await producer.orderPaid({ order_id: 7, event_id: "e-2" });
  const { projector } = await project(failing, { retry: { firstDelayMs: 1 } });
  await projector.caughtUp();
  await until("both are published", () => sdk.spans("send order.sent").length === 2);
  const told = sdk
    .spans("process order.paid")
    .map(({ attributes }) => [
      attributes["messaging.message.id"],
      attributes["keyline.outcome"] ?? "handled",
      attributes["keyline.attempt"] ?? 1,
    ]);
  expect(told.toSorted()).toEqual([
    ["e-1", "handled", 1],
    ["e-1", "rolled_back", 1],
    ["e-2", "failed", 1],
    ["e-2", "handled", 2],
  ]);
  // What was rolled back emitted nothing.
  const parents = sdk.spans("send order.sent").map(({ parentSpanContext }) => parentSpanContext?.spanId);
  const handled = sdk.spans("process order.paid").filter(({ attributes }) => !attributes["keyline.outcome"]);
  expect(parents.toSorted()).toEqual(handled.map(idOf).toSorted());
});

test("what a process stored before it died is published by another in its trace", async () => {
  const producer = producerOf();
  const store = createMemoryStore();
  const transport = cluster.transport();
  await project(shipping(), { transport }, store);
  const accept = cluster.faults.refuseAppends({ topic: "order.sent" });
  await producer.orderPaid({ order_id: 7 });
  await until("it is applied", () => sdk.spans("process order.paid").length === 1);
  cluster.faults.stall(transport, { expireAfterMs: 0 });
  await project(shipping(), {}, store);
  accept();
  await until("it is published", () => cluster.records("order.sent", 0).length === 1);
  const [process] = sdk.spans("process order.paid");
  expect(headersOn("order.sent").traceparent).toContain(`00-${traceOf(process)}-`);
});

test("a parked event is replayed in the trace of its send", async () => {
  const producer = producerOf();
  let fails = true;
  const { projector, store } = await project(
    shipping(() => {
      if (fails) throw new Error("no");
    }),
    { onFailure: "hold", retry: { attempts: 1 } },
  );
  await producer.orderPaid({ order_id: 7 });
  await projector.caughtUp();
  const [attempt, parked] = sdk.spans("process order.paid");
  expect(attempt?.attributes).toMatchObject({ "keyline.outcome": "failed", "error.type": "handler_failed" });
  expect(parked?.attributes).toMatchObject({ "keyline.outcome": "parked", "error.type": "handler_failed" });
  fails = false;
  await store.askRelease({ app: "shipping", domain: "orders" }, { key: "7", action: "replay", by: "ops" });
  await until("it is published", () => sdk.spans("send order.sent").length === 1);
  const [, , replayed] = sdk.spans("process order.paid");
  const [paid] = sdk.spans("send order.paid");
  expect(replayed?.parentSpanContext?.spanId).toBe(idOf(paid));
  expect(sdk.spans("send order.sent")[0]?.parentSpanContext?.spanId).toBe(idOf(replayed));
});

test("a service without tracing passes the trace on as it came", async () => {
  const traced = producerOf();
  const untraced = closed(createProducer(topics, { transport: cluster.transport(), source: "billing" }));
  const transport = cluster.transport();
  const consumer = closed(
    createConsumer(topics, {
      transport,
      groupId: "billing",
      on: { orderPlaced: ({ order_id }) => void untraced.orderPaid({ order_id }) },
    }),
  );
  await consumer.start();
  await traced.orderPlaced({ order_id: 7 });
  await until("it is paid", () => cluster.records("order.paid", 0).length === 1);
  expect(headersOn("order.paid").traceparent).toBe(headersOn("order.placed").traceparent);
});

test("without a trace that goes on, no trace begins: a reader's own sampling decides", async () => {
  const untraced = closed(createProducer(topics, { transport: cluster.transport(), source: "billing" }));
  await untraced.orderPlaced({ order_id: 7 });
  expect(headersOn("order.placed").traceparent).toBeNull();
  const consumer = await consume({ orderPlaced: () => undefined });
  await consumer.caughtUp();
  expect(sdk.spans("process order.placed")).toMatchObject([{ parentSpanContext: undefined, links: [] }]);
});

test("a producer traced by itself goes on with the trace of the event that is handled", async () => {
  const traced = producerOf();
  const transport = cluster.transport();
  const consumer = closed(
    createConsumer(topics, {
      transport,
      groupId: "billing",
      on: { orderPlaced: ({ order_id }) => void traced.orderPaid({ order_id }) },
    }),
  );
  await consumer.start();
  await traced.orderPlaced({ order_id: 7 });
  await until("it is paid", () => sdk.spans("send order.paid").length === 1);
  const [placed] = sdk.spans("send order.placed");
  expect(sdk.spans("send order.paid")[0]?.parentSpanContext?.spanId).toBe(idOf(placed));
});

test("a key and an error's message are told where that is asked for", async () => {
  const producer = producerOf(createTracing({ keys: true, messages: true }));
  await producer.orderPlaced({ order_id: 7 });
  expect(sdk.spans("send order.placed")[0]?.attributes["messaging.kafka.message.key"]).toBe("7");
  await producer.close();
  await expect(producer.orderPlaced({ order_id: 7 })).rejects.toMatchObject({ code: "closed" });
  expect(sdk.spans("send order.placed")[1]).toMatchObject({
    status: { code: SpanStatusCode.ERROR, message: expect.stringContaining("the producer is closed") },
    attributes: { "error.type": "closed" },
  });
});

test("metrics are those of the conventions, and name neither ids nor keys", async () => {
  const producer = producerOf();
  const consumer = await consume(
    {
      orderPlaced({ order_id }) {
        if (order_id === 2) throw new Error("no");
      },
    },
    { retry: { attempts: 1 } },
  );
  await Promise.all([1, 2, 3].map((order_id) => producer.orderPlaced({ order_id })));
  await consumer.caughtUp();
  const found = await sdk.metrics();
  const points = (name: string) =>
    found
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => ({ attributes, value })));
  const common = { "messaging.system": "kafka", "messaging.destination.name": "order.placed" };
  const of = (operation: string) => ({
    ...common,
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
  });
  const group = { "messaging.consumer.group.name": "billing" };
  expect(points("messaging.client.sent.messages")).toEqual([{ attributes: of("send"), value: 3 }]);
  expect(points("messaging.client.consumed.messages")).toEqual([
    { attributes: { ...of("receive"), ...group }, value: 3 },
  ]);
  expect(points("messaging.process.duration")).toMatchObject([
    { attributes: { ...of("process"), ...group }, value: { count: 2 } },
    { attributes: { ...of("process"), ...group, "error.type": "handler_failed" }, value: { count: 1 } },
  ]);
  expect(
    points("messaging.client.operation.duration")
      .map(({ attributes }) => attributes["messaging.operation.name"])
      .toSorted(),
  ).toEqual(["receive", "send"]);
  expect(found.map(({ descriptor: { name, unit } }) => [name, unit]).toSorted()).toEqual([
    ["messaging.client.consumed.messages", "{message}"],
    ["messaging.client.operation.duration", "s"],
    ["messaging.client.sent.messages", "{message}"],
    ["messaging.process.duration", "s"],
  ]);
});

test("without an SDK nothing is traced, and traces go on", async () => {
  await sdk.stop();
  const producer = producerOf();
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const consumer = await consume({ orderPaid: ({ order_id }) => void producer.orderSent({ order_id }) });
  const value = Buffer.from(JSON.stringify({ event_id: "e-1", correlation_id: "c-1", order_id: 7 }));
  const headers = [["traceparent", Buffer.from(traceparent)]] as const;
  const record = { key: Buffer.from("7"), value, headers, timestampMs: 1 };
  await cluster.transport().createProducer().append("order.paid", 0, [record]);
  await consumer.caughtUp();
  await until("it goes on", () => cluster.records("order.sent", 0).length === 1);
  expect(headersOn("order.sent").traceparent).toBe(traceparent);
  expect(trace.getActiveSpan()).toBeUndefined();
});
