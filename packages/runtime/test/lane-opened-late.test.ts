import { expect, test } from "vitest";
import { KeylineError } from "../src/errors.js";
import { createConsumer } from "../src/handler/create-consumer.js";
import type { Hooks } from "../src/hooks.js";
import type { Transport } from "../src/ports/transport.js";
import { createProducer } from "../src/producer/create-producer.js";
import { createProjector } from "../src/projection/create-projector.js";
import { defineProjection } from "../src/projection/define.js";
import { createMemoryStore } from "../src/testing/index.js";
import { orderCluster, topics, until } from "./support.js";

const away = () => Promise.reject(new KeylineError("transport_unavailable", "the broker is away", { retryable: true }));

/** What opening a lane asks of a broker. Each is refused twice, and answered then. */
const questions = ["logRanges", "read", "committed"] as const;

function awayAtFirst(transport: Transport, question: (typeof questions)[number], times = 2) {
  let refusals = times;
  const isAway = (asked: string) => asked === question && refusals-- > 0;
  const flaky: Transport = {
    ...transport,
    logRanges: (partitions) => (isAway("logRanges") ? away() : transport.logRanges(partitions)),
    async *read(...given) {
      if (isAway("read")) await away();
      yield* transport.read(...given);
    },
    createConsumer(options) {
      const consumer = transport.createConsumer(options);
      return {
        ...consumer,
        committed: (partitions) => (isAway("committed") ? away() : consumer.committed(partitions)),
      };
    },
  };
  return { transport: flaky, refused: () => refusals <= 0 };
}

const counting = defineProjection<number, typeof topics>(topics, {
  name: "counting",
  initial: () => 0,
  on: { orderPlaced: (count) => count + 1 },
});

test.each([
  ["consumer", "logRanges"],
  ["consumer", "committed"],
  ["projection", "logRanges"],
  ["projection", "read"],
] as const)("a %s whose broker is away while its lanes are opened (%s) opens them later", async (kind, question) => {
  const cluster = orderCluster();
  const store = createMemoryStore();
  const start = async (transport: Transport) => {
    const handled: number[] = [];
    const hooks: Hooks = { handled: ({ offset }) => handled.push(offset) };
    const consumer =
      kind === "consumer"
        ? createConsumer(topics, { transport, hooks, groupId: "counting", on: { orderPlaced: () => undefined } })
        : createProjector({ transport, hooks, store, projection: counting });
    await consumer.start();
    return { consumer, handled };
  };
  await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  await producer.orderPlaced({ order_id: 7 });
  const first = await start(cluster.transport());
  await first.consumer.caughtUp();
  await first.consumer.close();

  const { transport, refused } = awayAtFirst(cluster.transport(), question);
  const { consumer, handled } = await start(transport);
  await producer.orderPlaced({ order_id: 7 });
  await until("the next event is handled", () => handled.length === 1);
  expect(refused()).toBe(true);
  await consumer.close();
});

test.each(["consumer", "projection"])(
  "a %s that waits for its broker to open a lane ends when it is closed",
  async (kind) => {
    const { transport } = awayAtFirst(orderCluster().transport(), "logRanges", Number.POSITIVE_INFINITY);
    const taken: unknown[] = [];
    const hooks: Hooks = { laneTaken: (lane) => taken.push(lane) };
    const consumer =
      kind === "consumer"
        ? createConsumer(topics, { transport, hooks, groupId: "counting", on: { orderPlaced: () => undefined } })
        : createProjector({ transport, hooks, store: createMemoryStore(), projection: counting });
    const running = consumer.run();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await consumer.close();
    await running.catch((caught: unknown) => expect(caught).toMatchObject({ code: "closed" }));
    expect(taken).toEqual([]);
  },
);
