import { describe, expect, it } from "vitest";
import { createClassroomClock } from "./clock.js";

describe("the classroom's time", () => {
  it("gets as far as what is settled without a gap", () => {
    const clock = createClassroomClock(0);
    const first = clock.sending({ timeMs: 10 });
    const second = clock.sending({ timeMs: 20 });
    second();
    expect(clock.now()).toBe(0);
    first();
    expect(clock.now()).toBe(20);
  });

  it("does not go back", () => {
    const clock = createClassroomClock(100);
    clock.sending({ timeMs: 10 })();
    expect(clock.now()).toBe(100);
  });

  it("knows when it got to an instant", () => {
    let realMs = 1;
    const clock = createClassroomClock(0, () => realMs);
    realMs = 2;
    clock.sending({ timeMs: 10 })();
    realMs = 3;
    clock.sending({ timeMs: 20 })();
    expect([clock.reachedAt(0), clock.reachedAt(9), clock.reachedAt(10), clock.reachedAt(11)]).toEqual([1, 2, 2, 3]);
    expect(clock.reachedAt(21)).toBeNull();
  });

  it("stays right over thousands of events", () => {
    const clock = createClassroomClock(0);
    const open = Array.from({ length: 5000 }, (_, index) => clock.sending({ timeMs: index + 1 }));
    for (const settle of open.slice(0, 4000)) settle();
    expect(clock.now()).toBe(4000);
    clock.sending({ timeMs: 6000 })();
    expect(clock.now()).toBe(4000);
    for (const settle of open.slice(4000)) settle();
    expect(clock.now()).toBe(6000);
  });
});
