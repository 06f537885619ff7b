import { expect, test } from "vitest";
import { createConsumer, createProducer, createProjector, defineProjection } from "../src/index.js";
import { createMemoryCluster } from "../src/memory/index.js";
import { createMemoryStore, testProjection } from "../src/testing/index.js";
import { topics } from "./support.js";

// Callers without types: what they misspell would be left out in silence.
const { transport: connect } = createMemoryCluster();
const transport = connect();
const on = { orderPlaced: () => undefined };
const projection = { name: "totals", initial: () => null, on: { orderPlaced: () => null } };
const any = (value: unknown) => value as never;

test.each([
  [
    "a producer",
    () => createProducer(topics, any({ transport, source: "s", lingerMS: 5 })),
    "no option lingerMS; did you mean lingerMs?",
  ],
  [
    "a consumer",
    () => createConsumer(topics, any({ transport, groupid: "g", on })),
    "no option groupid; did you mean groupId?",
  ],
  [
    "its topics",
    () => createConsumer(topics, any({ transport, groupId: "g", on: { orderPlacd: () => undefined } })),
    "cannot read orderPlacd: orderPlacd is not a topic of this contract; did you mean orderPlaced?",
  ],
  [
    "far ones",
    () => createConsumer(topics, any({ transport, groupId: "g", on: { x: () => undefined } })),
    "x is not a topic of this contract; there are orderPlaced, orderPaid, orderSent",
  ],
  [
    "its messages",
    () => createConsumer(topics, any({ transport, groupId: "g", on: { orderPaid: { orderPayd: () => 0 } } })),
    "orderPayd is not a message of orderPaid; did you mean orderPaid?",
  ],
  [
    "what is no handler",
    () => createConsumer(topics, any({ transport, groupId: "g", on: { orderPaid: "mail" } })),
    "`on.orderPaid` is not a function",
  ],
  [
    "its parameters",
    () => createConsumer(topics, any({ transport, groupId: "g", on, parameters: { orderPade: [] } })),
    "orderPade is not a topic of this contract; did you mean orderPaid?",
  ],
  [
    "its retry",
    () => createConsumer(topics, any({ transport, groupId: "g", on, retry: { attemps: 3 } })),
    "retry: there is no option attemps; did you mean attempts?",
  ],
  [
    "hooks",
    () => createConsumer(topics, any({ transport, groupId: "g", on, hooks: { deadLetterd: () => 0 } })),
    "no hook deadLetterd; did you mean deadLettered?",
  ],
  [
    "a projection",
    () => defineProjection(topics, any({ ...projection, onTimr: () => null })),
    "cannot define projection totals: there is no option onTimr; did you mean onTimer?",
  ],
  [
    "its topics",
    () => defineProjection(topics, any({ ...projection, on: { orderPaidd: () => null } })),
    "orderPaidd is not a topic of this contract; did you mean orderPaid?",
  ],
  [
    "a projector",
    () =>
      createProjector(
        any({
          projection: defineProjection(topics, any(projection)),
          transport,
          store: createMemoryStore(),
          onFailur: "hold",
        }),
      ),
    "cannot run totals: there is no option onFailur; did you mean onFailure?",
  ],
  [
    "a memory cluster",
    () => createMemoryCluster(any({ clusterID: "x" })),
    "no option clusterID; did you mean clusterId?",
  ],
  [
    "a memory transport",
    () => connect(any({ maxBatchByte: 5 })),
    "no option maxBatchByte; did you mean maxBatchBytes?",
  ],
])("%s: what is not there is options_invalid, with the nearest name", (_, make, text) => {
  expect(make).toThrow(expect.objectContaining({ code: "options_invalid", rawMessage: expect.stringContaining(text) }));
});

test("a producer says which topic was meant, and leaves to libraries what they ask objects for", async () => {
  const producer = createProducer(topics, { transport, source: "s" });
  const untyped = producer as unknown as Readonly<Record<string, ((event: object) => unknown) | undefined>>;
  expect(() => untyped.orderPlacd?.({})).toThrow(
    expect.objectContaining({
      code: "options_invalid",
      rawMessage: "cannot send: orderPlacd is not a topic of this contract; did you mean orderPlaced?",
    }),
  );
  for (const name of ["then", "toJSON", "onModuleInit", "asymmetricMatch", "shipped"])
    expect(untyped[name]).toBeUndefined();
  expect(await Promise.resolve(producer)).toBe(producer);
  expect(String(producer)).toBe("[object Object]");
  await producer.close();
});

test("a reducer is told to which topic it may have meant to emit", () => {
  const misspelling = (emit: (to: Readonly<Record<string, never>>) => unknown) =>
    testProjection(
      defineProjection<null, typeof topics>(topics, {
        name: "misspelling",
        initial: () => null,
        on: { orderPlaced: (_state, _event, ctx) => emit(any(ctx.emit)) as null },
      }),
    );
  const event = { order_id: 7, event_id: "0a4b1d52-8e51-4d5c-9a52-3c1d5c0f7e11", timestamp: "2026-01-01T00:00:00Z" };
  const emitting = (emit: (to: Readonly<Record<string, never>>) => unknown) => () =>
    misspelling(emit).given.orderPlaced(event);
  expect(emitting((to) => (to.orderSend as unknown as () => null)())).toThrow(
    "cannot emit: orderSend is not a topic that this projection emits to; did you mean orderSent?",
  );
});

test("an option that is undefined is no option", () => {
  expect(() => createProducer(topics, any({ transport, source: "s", other: undefined }))).not.toThrow();
});
