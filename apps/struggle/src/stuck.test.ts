import { expect, it } from "vitest";
import { initialState, type StruggleState } from "./state.js";
import { complete, start } from "./stuck.js";

it("goes on with what earlier versions stored", () => {
  const former: StruggleState = { ...initialState, exercises: { 7: "completed", 9: "started" } };
  const set: string[] = [];
  const timers = { set: (name: string) => void set.push(name), clear: () => undefined };
  const started = (exerciseId: number) => ({ exerciseId, startedAtMs: 0, module: "oop" as const });
  for (const known of [7, 9]) expect(start(former, started(known), timers)).toBe(former);
  expect(set).toEqual([]);
  expect(start(former, started(3), timers).exercises).toEqual([7, 9, 3]);
  expect(set).toEqual(["stuck/3"]);
  expect(complete(former, 4, timers).exercises).toEqual([7, 9, 4]);
});
