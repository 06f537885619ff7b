import { expect, test } from "vitest";
import { createOwnedLanes } from "./owned-lanes.js";

const wanted = new AbortController().signal;

function member() {
  const now = { ms: 0 };
  const owned = createOwnedLanes({
    ...{ groupId: "mailer", groups: [], hooks: {}, nowMs: () => now.ms, sessionTimeoutMs: 6000 },
    openLane: () => ({ opened: Promise.reject(new Error("lane not found")), waitsFor: () => null }),
    commit: async () => undefined,
  });
  return { now, owned };
}

test("a member without a lane has its place from its assignment until its loss", async () => {
  const { owned } = member();
  expect(owned.isMember()).toBe(false);
  await owned.open([], wanted);
  expect(owned.isMember()).toBe(true);
  await owned.revoke([], "lost");
  expect(owned.isMember()).toBe(false);
  await owned.open([], wanted);
  expect(owned.isMember()).toBe(true);
});

test("in a rebalance it has its place for a session: a coordinator that is away meanwhile reports no loss", async () => {
  const { now, owned } = member();
  await owned.open([], wanted);
  await owned.revoke([], "rebalance");
  now.ms = 5999;
  expect(owned.isMember()).toBe(true);
  now.ms = 6000;
  expect(owned.isMember()).toBe(false);
  await owned.open([], wanted);
  expect(owned.isMember()).toBe(true);
});
