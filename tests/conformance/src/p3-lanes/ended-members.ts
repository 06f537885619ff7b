import { type Consumer, KeylineError, type Transport } from "@keyline/runtime";
import { expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { createConsumer } from "../kit/orders.js";
import type { TestProcess } from "../kit/process.js";
import { createRecorder } from "../kit/recorder.js";
import { openWorld, until, type World, within } from "../kit/world.js";

const lost = new KeylineError("offset_out_of_range", "cannot go on with orders.paid/0 at 7: the log begins at 9");

/** Whatever is asked of a member that cannot go on tells why: none says that it has started, or caught up. */
export function endedMembers(harness: Harness): void {
  it("a member that cannot open its lanes says why, whichever way it is asked", async () => {
    const world = await openWorld(harness);
    const consumer = consumerOf(world, unableToOpen(world.process()));
    const run = consumer.run().catch((caught: unknown) => caught);
    await expect(within(consumer.start(), 5000)).rejects.toBe(lost);
    expect(await run).toBe(lost);
    await expectEnded(consumer);
  });

  it("a member that ends later says why, also to a caller that waits for it already", async () => {
    const world = await openWorld(harness);
    await world.producer().paid({ order_id: 1, n: 0 });
    const { process, end } = ending(world.process());
    const never = new Promise<void>(() => undefined);
    const consumer = consumerOf(world, process, () => never);
    const run = consumer.run().catch((caught: unknown) => caught);
    await consumer.start();
    const waiting = consumer.caughtUp();
    const told = expect(within(waiting, 15_000)).rejects.toBe(lost);
    await until(() => expect(consumer.lanes().some(({ unfinished }) => unfinished > 0)).toBe(true));
    end();
    await told;
    await expectEnded(consumer);
    void consumer.close({ timeoutMs: 10 });
    expect(await run).toBe(lost);
  });
}

/** A second `start` tells it, too. */
async function expectEnded(consumer: Consumer): Promise<void> {
  await expect(within(consumer.start(), 5000)).rejects.toBe(lost);
  await expect(within(consumer.caughtUp(), 5000)).rejects.toBe(lost);
  expect(() => consumer.lanes()).toThrow(lost);
}

function consumerOf(world: World, { transport }: TestProcess, run?: () => Promise<void>): Consumer {
  const consumer = createConsumer({ transport, groupId: "readers", on: createRecorder().on(["paid"], "", run) });
  world.atEnd(() => consumer.close({ timeoutMs: 10 }));
  return consumer;
}

/** A connection whose group's offsets lie where the logs have lost them. */
function unableToOpen(process: TestProcess): TestProcess {
  const createConsumer: Transport["createConsumer"] = (options) => ({
    ...process.transport.createConsumer(options),
    committed: () => Promise.reject(lost),
  });
  return { ...process, transport: { ...process.transport, createConsumer } };
}

/** A connection that says that it cannot go on, once it is told to. */
function ending(process: TestProcess) {
  let end: () => void = () => undefined;
  const createConsumer: Transport["createConsumer"] = (options) => {
    end = () => options.events.failed(lost);
    return process.transport.createConsumer(options);
  };
  return { process: { ...process, transport: { ...process.transport, createConsumer } }, end: () => end() };
}
