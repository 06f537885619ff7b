import { KeylineError, type Transport } from "@keyline/runtime";
import { expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { createConsumer, lanes } from "../kit/orders.js";
import type { TestProcess } from "../kit/process.js";
import { createRecorder } from "../kit/recorder.js";
import { laneOf, openWorld, until } from "../kit/world.js";

/** What a member remembers of a lane goes with the lane. */
export function lostLanes(harness: Harness): void {
  needing(harness, "stall")(
    "a commit that is dropped because its lane was lost is made again when the lane comes back",
    async () => {
      const world = await openWorld(harness);
      await world.producer().paid({ order_id: 1, n: 0 });
      const committed = { topic: "orders.paid", partition: laneOf(1), offset: 1 };
      const process = world.process();
      const gate = Promise.withResolvers<void>();
      const recorder = createRecorder();
      const first = createConsumer({
        transport: process.transport,
        groupId: "readers",
        commitIntervalMs: 1,
        on: recorder.on(["paid"], "first", () => gate.promise),
      });
      await world.start(first);
      await until(() => expect(recorder.calls).toHaveLength(1));
      const wake = faultsOf(world.cluster).stall(process.inner);
      gate.resolve();
      // The group goes on without the member, which does not know: this commit is dropped.
      await until(() => expect(process.commits).toContainEqual(committed));
      wake();
      await until(() => expect(recorder.calls).toHaveLength(2));
      await first.close();
      const second = createConsumer({
        transport: world.process().transport,
        groupId: "readers",
        on: recorder.on(["paid"], "second"),
      });
      await world.start(second);
      await second.caughtUp();
      expect(recorder.calls.map(({ who }) => who)).toEqual(["first", "first"]);
    },
  );

  it("where one lane cannot be opened, the lanes that were opened with it are given back", async () => {
    const world = await openWorld(harness);
    const gate = Promise.withResolvers<void>();
    const process = unableToOpen(world.process(), 0, gate.promise);
    const taken: number[] = [];
    const lost: number[] = [];
    const consumer = createConsumer({
      transport: process.transport,
      groupId: "readers",
      on: createRecorder().on(["paid"]),
      hooks: { laneTaken: ({ lane }) => void taken.push(lane), laneLost: ({ lane }) => void lost.push(lane) },
    });
    world.atEnd(() => consumer.close());
    const ended = expect(consumer.run()).rejects.toMatchObject({ code: "transport_denied" });
    // The others are under way still when the first fails.
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.resolve();
    await ended;
    await until(() => expect(lost.sort()).toEqual(taken.sort()));
    expect(taken).toHaveLength(lanes - 1);
    expect(() => consumer.lanes()).toThrow("cannot read the offsets of the group");
  });
}

/** A connection that may not read the group's offsets of one lane, and those of the others only when the gate opens. */
function unableToOpen(process: TestProcess, lane: number, gate: Promise<void>): TestProcess {
  const createConsumer: Transport["createConsumer"] = (options) => {
    const consumer = process.transport.createConsumer(options);
    return {
      ...consumer,
      async committed(partitions) {
        if (partitions.some(({ partition }) => partition === lane))
          throw new KeylineError("transport_denied", "cannot read the offsets of the group");
        await gate;
        return consumer.committed(partitions);
      },
    };
  };
  return { ...process, transport: { ...process.transport, createConsumer } };
}
