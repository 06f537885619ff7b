import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createMarking, type Marks, noMarks } from "../page/live/marking.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const undoMs = 100;

function marking({ fails = false } = {}) {
  const sent: (readonly string[])[] = [];
  const heard = { marks: noMarks as Marks, failures: 0 };
  const made = createMarking({
    undoMs,
    async send(alerts) {
      sent.push(alerts);
      if (fails) throw new Error("the server is away");
    },
    changed: (marks) => {
      heard.marks = marks;
    },
    failed: () => {
      heard.failures += 1;
    },
  });
  return { ...made, sent, heard };
}

it("alerts are hidden at once, and the server is told when it cannot be undone any more", async () => {
  const { see, sent, heard } = marking();
  see("a", ["1", "2"]);
  expect(heard.marks).toEqual({ undoable: new Map([["a", ["1", "2"]]]), hidden: new Set(["1", "2"]) });
  await vi.advanceTimersByTimeAsync(undoMs - 1);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual([["1", "2"]]);
  expect(heard.marks).toEqual({ undoable: new Map(), hidden: new Set(["1", "2"]) });
});

it("what is undone is shown again and never sent; another student's is", async () => {
  const { see, undo, sent, heard } = marking();
  see("a", ["1"]);
  see("b", ["2"]);
  undo("a");
  expect([...heard.marks.hidden]).toEqual(["2"]);
  await vi.advanceTimersByTimeAsync(undoMs);
  expect(sent).toEqual([["2"]]);
});

it("what came since goes together with what was marked before, once, and the time begins again", async () => {
  const { see, sent } = marking();
  see("a", ["1"]);
  await vi.advanceTimersByTimeAsync(undoMs - 1);
  see("a", ["1", "2"]);
  await vi.advanceTimersByTimeAsync(undoMs - 1);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual([["1", "2"]]);
});

it("leaving the page tells the server of all at once, and of nothing twice", async () => {
  const { see, sendAll, sent } = marking();
  see("a", ["1"]);
  see("b", ["2"]);
  sendAll();
  sendAll();
  expect(sent).toEqual([["1"], ["2"]]);
  await vi.advanceTimersByTimeAsync(undoMs);
  expect(sent).toHaveLength(2);
});

it("what could not be saved is shown again", async () => {
  const { see, heard } = marking({ fails: true });
  see("a", ["1"]);
  await vi.advanceTimersByTimeAsync(undoMs);
  expect(heard).toEqual({ marks: { undoable: new Map(), hidden: new Set() }, failures: 1 });
});
