import { expect, test } from "vitest";
import { createLaneQueue } from "./lane-queue.js";
import { finishedTo } from "./partition-log.js";
import type { Work } from "./work.js";

const U = { topic: "u", partition: 3 };
const V = { topic: "v", partition: 3 };

function lane() {
  const seen: string[] = [];
  let nowMs = 0;
  const queue = createLaneQueue<string>({
    nowMs: () => nowMs,
    held: (work, cause) => seen.push(`held ${work.item} for ${cause.topic}@${cause.offset}`),
    released: (work) => seen.push(`released ${work.item}`),
    causeIgnored: (work, reason) => seen.push(`${reason} ${work.item}`),
  });
  queue.open(U, 0);
  queue.open(V, 0);
  const arrive = (place: typeof U, offset: number, key: string, after: readonly [typeof U, number][] = []) => {
    const causes = after.map(([cause, at]) => ({ ...cause, offset: at }));
    queue.add(place, offset + 1, [
      { ...place, offset, orderKey: key, causes, bytes: 1, item: `${key}@${place.topic}${offset}` },
    ]);
  };
  const done = (work: Work<string> | null) => {
    if (!work) throw new Error("nothing to finish");
    queue.settle(work);
    queue.finish(work);
    return work.item;
  };
  const moveTo = (ms: number) => {
    nowMs = ms;
  };
  return { queue, seen, arrive, done, moveTo };
}

test("a key whose event runs gives out no second one; another key of the partition goes on", () => {
  const { queue, arrive, done } = lane();
  arrive(U, 0, "a");
  arrive(U, 1, "a");
  arrive(U, 2, "b");
  const first = queue.take();
  expect(first?.item).toBe("a@u0");
  expect(queue.take()?.item).toBe("b@u2");
  expect(queue.take()).toBeNull();
  done(first);
  expect(queue.take()?.item).toBe("a@u1");
});

test("an effect that is fetched before its cause waits for it", () => {
  const { queue, arrive, done, seen } = lane();
  arrive(U, 0, "a", [[V, 1]]);
  expect(queue.take()).toBeNull();
  arrive(V, 0, "b");
  arrive(V, 1, "a");
  expect(done(queue.take())).toBe("b@v0");
  expect(done(queue.take())).toBe("a@v1");
  expect(done(queue.take())).toBe("a@u0");
  expect(seen).toEqual(["held a@u0 for v@1", "released a@u0"]);
});

test("a stand-in for a cause of another key needs reading only, not that key's end", () => {
  const { queue, arrive } = lane();
  arrive(V, 0, "b");
  const running = queue.take();
  expect(running?.item).toBe("b@v0");
  arrive(U, 0, "a", [[V, 0]]);
  expect(queue.take()?.item).toBe("a@u0");
});

test("a gap that is read over counts as read", () => {
  const { queue, arrive } = lane();
  arrive(U, 0, "a", [[V, 4]]);
  expect(queue.take()).toBeNull();
  queue.add(V, 5, []);
  expect(queue.take()?.item).toBe("a@u0");
});

test("a cause above the log's end, asked after its effect arrived, is missing and not waited for", () => {
  const { queue, arrive, seen, moveTo } = lane();
  queue.logEnd(V, 0, 5);
  moveTo(10);
  arrive(U, 0, "a", [[V, 7]]);
  expect(queue.take()).toBeNull();
  queue.logEnd(V, 2, 9);
  expect(queue.take()).toBeNull();
  queue.logEnd(V, 2, 11);
  expect(queue.take()).toBeNull();
  queue.add(V, 2, []);
  expect(queue.take()?.item).toBe("a@u0");
  expect(seen).toEqual(["held a@u0 for v@7", "missing a@u0", "released a@u0"]);
});

test("one answer about a log's end serves every work that had arrived, of one key as of several", () => {
  const { queue, arrive, done, seen, moveTo } = lane();
  for (const offset of [0, 1, 2]) arrive(U, offset, "a", [[V, 7]]);
  arrive(U, 3, "b", [[V, 9]]);
  expect(queue.take()).toBeNull();
  moveTo(10);
  arrive(U, 4, "c", [[V, 7]]);
  queue.logEnd(V, 0, 9);
  const taken = Array.from({ length: 4 }, () => done(queue.take()));
  expect(taken.toSorted()).toEqual(["a@u0", "a@u1", "a@u2", "b@u3"]);
  expect(queue.take()).toBeNull();
  expect(seen.filter((line) => line.startsWith("missing"))).toHaveLength(4);
  queue.logEnd(V, 0, 10);
  expect(queue.take()?.item).toBe("c@u4");
});

test("causes that wait for each other are forged and do not stop the key", () => {
  const { queue, arrive, done, seen } = lane();
  arrive(U, 0, "a", [[V, 0]]);
  arrive(V, 0, "a", [[U, 0]]);
  expect(done(queue.take())).toBe("a@u0");
  expect(done(queue.take())).toBe("a@v0");
  expect(seen).toContain("malformed a@u0");
});

test("positions move over what is finished without a gap, whatever finished first", () => {
  const { queue, arrive, done } = lane();
  arrive(U, 0, "a");
  arrive(U, 1, "b");
  const [log] = [...queue.logs()];
  if (!log) throw new Error("no log");
  const a = queue.take();
  done(queue.take());
  expect(finishedTo(log)).toBe(0);
  done(a);
  expect(finishedTo(log)).toBe(2);
});

test("an event that is put back comes again first, after its pause, and only its key waits", () => {
  const { queue, arrive, done, moveTo } = lane();
  arrive(U, 0, "a");
  arrive(U, 1, "a");
  const first = queue.take();
  if (!first) throw new Error("nothing taken");
  queue.putBack([first], 100);
  arrive(U, 2, "b");
  expect(done(queue.take())).toBe("b@u2");
  expect(queue.take()).toBeNull();
  moveTo(99);
  expect(queue.take()).toBeNull();
  moveTo(100);
  expect(done(queue.take())).toBe("a@u0");
  expect(done(queue.take())).toBe("a@u1");
  expect(queue.isIdle("a")).toBe(true);
});

test("a key that has nothing in a log that was scanned goes on; one that has waits for it to be fetched", () => {
  const { queue, arrive, done } = lane();
  arrive(U, 0, "a", [[V, 4]]);
  arrive(U, 1, "b", [[V, 4]]);
  expect(queue.take()).toBeNull();
  const log = queue.log(V);
  if (!log) throw new Error("no log");
  expect([...queue.waitingFor(log)]).toEqual([
    ["a", 4],
    ["b", 4],
  ]);
  queue.scanned(log, "a", { emptyBelow: 5, foundAt: null });
  queue.scanned(log, "b", { emptyBelow: 3, foundAt: 3 });
  expect(done(queue.take())).toBe("a@u0");
  expect(queue.take()).toBeNull();
  expect([...queue.waitingFor(log)]).toEqual([]);
  arrive(V, 3, "b");
  queue.add(V, 5, []);
  expect(done(queue.take())).toBe("b@v3");
  expect(done(queue.take())).toBe("b@u1");
});

test("a second event of a key that fails leaves the pause of the first as it is", () => {
  const { queue, arrive, done, moveTo } = lane();
  arrive(U, 0, "a", [[V, 0]]);
  queue.add(V, 0, []);
  const W = { topic: "w", partition: 3 };
  queue.open(W, 0);
  arrive(W, 0, "a");
  const second = queue.take();
  expect(second?.item).toBe("a@w0");
  if (second) queue.putBack([second], 1000);
  queue.add(V, 1, []);
  const first = queue.take();
  expect(first?.item).toBe("a@u0");
  if (first) queue.putBack([first], 100);
  moveTo(100);
  expect(done(queue.take())).toBe("a@u0");
  expect(queue.take()).toBeNull();
  moveTo(1000);
  expect(done(queue.take())).toBe("a@w0");
});
