import { describe, expect, it } from "vitest";
import { createFeed } from "./feed.js";

const { signal } = new AbortController();

describe("a feed", () => {
  it("tells what came since a place, and that it does not know for one that it has forgotten or never had", () => {
    const feed = createFeed<string>(2);
    for (const item of ["a", "b", "c"]) feed.push(item);
    expect(feed.since(3)).toEqual([]);
    expect(feed.since(1)).toEqual(["b", "c"]);
    expect(feed.since(0)).toBeNull();
    expect(feed.since(4)).toBeNull();
    expect(feed.since(-1)).toBeNull();
  });

  it("wakes who waits when something comes, and not before", async () => {
    const feed = createFeed<string>(2);
    let woken = false;
    const waiting = feed.changed(0, { timeoutMs: 10_000, signal }).then(() => {
      woken = true;
    });
    await Promise.resolve();
    expect(woken).toBe(false);
    feed.push("a");
    await waiting;
    expect(woken).toBe(true);
    await feed.changed(0, { timeoutMs: 10_000, signal });
  });

  it("wakes who waits when the reader has gone", async () => {
    const gone = new AbortController();
    const waiting = createFeed<string>(2).changed(0, { timeoutMs: 10_000, signal: gone.signal });
    gone.abort();
    await waiting;
  });
});
