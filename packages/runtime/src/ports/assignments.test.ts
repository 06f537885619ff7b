import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAssignments } from "./assignments.js";
import type { RevocationReason, StartPosition } from "./transport.js";

/** A consumer whose calls settle when they are told to; `story` has what was called and what became of it, in order. */
function scripted() {
  const story: string[] = [];
  const failures: unknown[] = [];
  const running: { readonly name: string; readonly call: PromiseWithResolvers<readonly StartPosition[]> }[] = [];
  let sleeping: PromiseWithResolvers<void> | null = null;
  let count = 0;
  const begin = (name: string) => {
    const call = Promise.withResolvers<readonly StartPosition[]>();
    running.push({ name, call });
    story.push(sleeping ? `${name} while asleep` : name);
    return call.promise;
  };
  const assignments = createAssignments({
    events: {
      assigned: ([of]) => begin(`assigned ${of?.topic}`),
      async revoked([of], reason) {
        await begin(`${reason} ${of?.topic}`);
      },
    },
    failed(error) {
      failures.push(error);
      void assignments.revoke("lost");
    },
    awake: async () => sleeping?.promise,
  });
  return {
    story,
    failures,
    running: () => running.map(({ name }) => name),
    assign() {
      const topic = String(count++);
      assignments.assign([{ topic, partition: 0 }], () => void story.push(`start ${topic}`));
      return topic;
    },
    revoke: assignments.revoke,
    /** Settles a call that runs, by its place among them. */
    settle(place = 0, how: "resolve" | "reject" = "resolve") {
      const [settled] = running.splice(place, 1);
      if (!settled) return;
      story.push(`${how}s ${settled.name}`);
      if (how === "resolve") settled.call.resolve([]);
      else settled.call.reject(new Error(settled.name));
    },
    sleep() {
      sleeping ??= Promise.withResolvers();
    },
    wake() {
      sleeping?.resolve();
      sleeping = null;
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it("says while assigned runs that the partitions are taken away, but not to a process that stands still", async () => {
  const signals: AbortSignal[] = [];
  let sleeping: PromiseWithResolvers<void> | null = null;
  const { assign, revoke } = createAssignments({
    events: {
      assigned: (_, signal) => {
        signals.push(signal);
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve([])));
      },
      revoked: async () => undefined,
    },
    failed: () => undefined,
    awake: async () => sleeping?.promise,
  });
  for (const reason of ["rebalance", "lost"] as const) {
    assign([{ topic: "a", partition: 0 }], () => undefined);
    await turn();
    expect(signals.at(-1)?.aborted).toBe(false);
    sleeping = Promise.withResolvers();
    const revoked = revoke(reason);
    await turn();
    expect(signals.at(-1)?.aborted).toBe(false);
    sleeping.resolve();
    sleeping = null;
    await revoked;
    expect(signals.at(-1)?.aborted).toBe(true);
  }
});

describe("what a group gives and takes is told", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["in order", ["assign", "settle", "rebalance", "settle"], ["assigned 0", "start 0", "rebalance 0"]],
    ["not at all when it is taken away before", ["assign now", "rebalance"], []],
    ["no sooner than assigned has settled", ["assign", "rebalance", "settle"], ["assigned 0", "rebalance 0"]],
    ["as lost alone when assigned outlasts the session", ["assign", "lost", "settle"], ["assigned 0", "lost 0"]],
    ["as lost alone when that comes last", ["assign", "closed", "lost", "settle"], ["assigned 0", "lost 0"]],
    [
      "as lost too while revoked runs",
      ["assign", "settle", "rebalance", "lost"],
      ["assigned 0", "start 0", "rebalance 0", "lost 0"],
    ],
    [
      "once for each reason",
      ["assign", "settle", "rebalance", "closed", "lost", "lost"],
      ["assigned 0", "start 0", "rebalance 0", "lost 0"],
    ],
    [
      "not as lost when it has let go already",
      ["assign", "settle", "rebalance", "settle", "lost"],
      ["assigned 0", "start 0", "rebalance 0"],
    ],
    [
      "after what came before, however long that takes",
      ["assign", "settle", "lost", "assign", "settle"],
      ["assigned 0", "start 0", "lost 0", "assigned 1"],
    ],
    [
      "as lost when it was not taken away before the next",
      ["assign", "settle", "assign"],
      ["assigned 0", "start 0", "lost 0"],
    ],
    ["as lost when assigned rejects", ["assign", "reject"], ["assigned 0", "lost 0"]],
    ["to a process that wakes, as it is by then", ["sleep", "assign", "lost", "wake"], []],
    [
      "not as lost when it let go while the process stood still",
      ["assign", "settle", "rebalance", "sleep", "lost", "settle", "wake"],
      ["assigned 0", "start 0", "rebalance 0"],
    ],
    [
      "to a process that wakes, as lost alone",
      ["assign", "settle", "sleep", "rebalance", "lost", "wake"],
      ["assigned 0", "start 0", "lost 0"],
    ],
  ])("%s", async (_, steps, expected) => {
    const consumer = scripted();
    const run: Readonly<Record<string, () => unknown>> = {
      assign: consumer.assign,
      "assign now": consumer.assign,
      settle: () => consumer.settle(),
      reject: () => consumer.settle(0, "reject"),
      sleep: consumer.sleep,
      wake: consumer.wake,
    };
    for (const step of steps) {
      void (run[step] ?? (() => consumer.revoke(step as RevocationReason)))();
      if (!step.endsWith("now")) await turn();
    }
    expect(consumer.story.filter((line) => !/^(resolve|reject)s/.test(line))).toEqual(expected);
  });

  it("is waited for until the consumer has let go, or until it is too late", async () => {
    const consumer = scripted();
    const settled: string[] = [];
    const revoke = (name: string, reason: RevocationReason, tooLate?: Promise<unknown>) =>
      void consumer.revoke(reason, tooLate).then(() => settled.push(name));
    consumer.assign();
    await turn();
    consumer.settle();
    const late = Promise.withResolvers<void>();
    revoke("patient", "rebalance");
    revoke("late", "rebalance", late.promise);
    await turn();
    expect(settled).toEqual([]);
    late.resolve();
    await turn();
    expect([settled, consumer.running()]).toEqual([["late"], ["rebalance 0", "lost 0"]]);
    consumer.settle();
    await turn();
    expect(settled).toEqual(["late"]);
    consumer.settle();
    await turn();
    expect(settled).toEqual(["late", "patient"]);
  });
});

/** Where a story breaks the port's order; `wanted` are the revocations as they were asked for. */
function breaches(story: readonly string[]): string[] {
  const found: string[] = [];
  const running = new Set<string>();
  const over = new Set<string>();
  const started = new Set<string>();
  for (const [at, line] of story.entries()) {
    const breach = (why: string) => found.push(`${line}, line ${at}: ${why}`);
    const [verb = "", word = "", id = ""] = line.split(" ");
    if (verb === "resolves" || verb === "rejects") {
      running.delete(`${word} ${id}`);
      if (word !== "assigned") over.add(id);
      else started.add(id);
    } else if (verb === "assigned") {
      if (running.size > 0) breach(`overlaps ${[...running]}`);
      if (Number(word) > 0 && started.size > over.size) breach("the one before is not revoked");
      running.add(line);
    } else if (verb !== "start" && verb !== "ask") {
      const others = [...running].filter((other) => !(verb === "lost" && /^(rebalance|closed) /.test(other)));
      if (others.length > 0) breach(`overlaps ${others}`);
      if (!started.has(word)) breach("assigned has not settled");
      if (over.has(word)) breach("revoked already");
      running.add(line);
    }
    if (line.includes("asleep")) breach("nothing is told to a process that stands still");
    if (verb === "start" && story.slice(0, at).some((earlier) => earlier.startsWith("ask") && earlier.endsWith(word)))
      breach("started though it was revoked");
  }
  return found;
}

it("whatever comes when: the order holds, and in the end all is told that has to be", async () => {
  const kind = fc.constantFrom(
    "assign",
    "sleep",
    "wake",
    "rebalance",
    "closed",
    "lost",
    "resolve",
    "resolve",
    "reject",
  );
  const step = fc.record({ kind, place: fc.nat(1), waits: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const consumer = scripted();
      let last: string | null = null;
      let revoked = true;
      for (const { kind, place, waits } of steps) {
        const settles = kind === "resolve" || kind === "reject";
        // What has settled is seen a little later, and what was asked for is called a little later.
        if (settles || kind === "sleep") await turn();
        if (kind === "assign") {
          if (last !== null) consumer.story.push(`ask lost ${last}`);
          last = consumer.assign();
          revoked = false;
        } else if (kind === "sleep") consumer.sleep();
        else if (kind === "wake") consumer.wake();
        else if (settles) consumer.settle(place, kind);
        else {
          if (last !== null) consumer.story.push(`ask ${kind} ${last}`);
          revoked = true;
          void consumer.revoke(kind);
        }
        if (waits || settles) await turn();
      }
      consumer.wake();
      for (let rounds = 0; rounds < 4 * steps.length + 4; rounds += 1) {
        await turn();
        consumer.settle();
      }
      expect(breaches(consumer.story), consumer.story.join("\n")).toEqual([]);
      const told = (verb: RegExp) =>
        new Set(consumer.story.filter((line) => verb.test(line)).map((line) => line.split(" ")[1]));
      const [assigned, taken] = [told(/^assigned /), told(/^(rebalance|closed|lost) /)];
      const isHeld = last !== null && !revoked && consumer.failures.length === 0;
      if (isHeld) expect([assigned.has(last ?? ""), taken.has(last ?? "")]).toEqual([true, false]);
      if (consumer.failures.length === 0)
        expect([...assigned].filter((id) => !taken.has(id))).toEqual(isHeld ? [last] : []);
    }),
    { numRuns: 300 },
  );
});

it("reports an empty share as any other: a member without a lane is in its group", async () => {
  const told: string[] = [];
  const assignments = createAssignments({
    events: {
      async assigned(partitions) {
        told.push(`assigned ${partitions.length}`);
        return [];
      },
      async revoked(partitions, reason) {
        told.push(`${reason} ${partitions.length}`);
      },
    },
    failed: (error) => void told.push(String(error)),
  });
  assignments.assign([], () => void told.push("start"));
  await assignments.revoke("rebalance");
  assignments.assign([], () => void told.push("start"));
  await new Promise((resolve) => setImmediate(resolve));
  await assignments.revoke("closed");
  expect(told).toEqual(["assigned 0", "start", "closed 0"]);
});
