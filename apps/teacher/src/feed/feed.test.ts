import { describe, expect, it } from "vitest";
import { createFeed } from "./feed.js";

/** `a1` and `a2` are two versions of `a`. */
const nameOf = (item: string) => item.slice(0, 1);
const { signal } = new AbortController();

describe("a feed", () => {
  it("tells what changed since a place, each item once and as it is now, and nothing of a place that never was", () => {
    const feed = createFeed(nameOf);
    feed.push(["a1", "b1"]);
    feed.push(["c1"]);
    feed.push(["a2"]);
    expect(feed.since(0)).toEqual(["b1", "c1", "a2"]);
    expect(feed.since(1)).toEqual(["c1", "a2"]);
    expect(feed.since(2)).toEqual(["a2"]);
    expect(feed.since(3)).toEqual([]);
    expect(feed.since(4)).toBeNull();
    expect(feed.since(-1)).toBeNull();
  });

  it("wakes who waits when something comes, and not before", async () => {
    const feed = createFeed(nameOf);
    let woken = false;
    const waiting = feed.changed(0, { timeoutMs: 10_000, signal }).then(() => {
      woken = true;
    });
    await Promise.resolve();
    expect(woken).toBe(false);
    feed.push(["a1"]);
    await waiting;
    expect(woken).toBe(true);
    await feed.changed(0, { timeoutMs: 10_000, signal });
  });

  it("wakes who waits when the reader has gone", async () => {
    const gone = new AbortController();
    const waiting = createFeed(nameOf).changed(0, { timeoutMs: 10_000, signal: gone.signal });
    gone.abort();
    await waiting;
  });
});
