import { describe, expect, it } from "vitest";
import { failureOf } from "../errors.js";
import { type Attempted, decide } from "./decide.js";

const deadlineMs = 60_000;
const fresh: Attempted = { attempts: 0, deadlineMs, mayBeWritten: false, isAborted: false, isClosed: false };
const answered = (type: string) => failureOf(Object.assign(new Error(type), { name: "KafkaJSProtocolError", type }));
const broken = failureOf(Object.assign(new Error("closed"), { name: "KafkaJSConnectionClosedError" }));
const unrecognised = failureOf(new Error("surprise"));
const [moved, unknown, misplaced, tooLarge] = [
  answered("NOT_LEADER_FOR_PARTITION"),
  answered("UNKNOWN_TOPIC_OR_PARTITION"),
  answered("OUT_OF_ORDER_SEQUENCE_NUMBER"),
  answered("MESSAGE_TOO_LARGE"),
];
const written = { mayBeWritten: true };
const aborted = { isAborted: true };
const closed = { isClosed: true };
const late = deadlineMs + 1;

describe("an attempt that failed", () => {
  it.each<[string, Partial<Attempted>, typeof moved, number, string]>([
    ["where the leader moved", {}, moved, 0, "retry in 50"],
    ["for the fourth time", { attempts: 3 }, moved, 0, "retry in 400"],
    ["for the twentieth time", { attempts: 19 }, moved, 0, "retry in 1000"],
    ["at the deadline", {}, moved, deadlineMs, "retry in 50"],
    ["after the deadline", {}, moved, late, "transport_unavailable, retryable"],
    ["for a caller that gave up", aborted, moved, 0, "aborted"],
    ["of a producer that is closed", closed, moved, 0, "closed"],
    ["of a producer that is closed, for a caller that gave up", { ...closed, ...aborted }, moved, 0, "closed"],
    ["for good", {}, tooLarge, 0, "record_too_large"],
    ["on a topic that is not known yet", { attempts: 7 }, unknown, 0, "retry in 375"],
    ["on a topic that stays unknown", { attempts: 8 }, unknown, 0, "topic_unknown"],
    ["on a topic that is unknown at the deadline", {}, unknown, deadlineMs, "topic_unknown"],
    ["where the broker lost the place", {}, misplaced, 0, "stampAnew in 50"],
    [
      "without a request, in a way that is not recognised",
      {},
      { ...unrecognised, notWritten: true },
      0,
      "transport_unavailable",
    ],
    ["after the request had left", written, broken, 0, "retry in 50"],
    ["after the request had left, in a way that is not recognised", written, unrecognised, 0, "retry in 50"],
    ["after the request had left, for a caller that gave up", { ...written, ...aborted }, broken, 0, "retry in 50"],
    ["after the request had left, for good", written, tooLarge, 0, "outcome_unknown"],
    ["after the request had left, where the broker lost the place", written, misplaced, 0, "outcome_unknown"],
    [
      "after the request had left, of a producer that is closed",
      { ...written, ...closed },
      broken,
      0,
      "outcome_unknown",
    ],
    ["after the request had left, after the deadline", written, broken, late, "outcome_unknown"],
    ["once the leader moved, after an earlier request had left", written, moved, 0, "retry in 50"],
  ])("%s", (_, state, failure, nowMs, expected) => {
    const decision = decide({ ...fresh, ...state }, failure, nowMs);
    expect(
      decision.kind === "giveUp"
        ? `${decision.code}${decision.retryable ? ", retryable" : ""}`
        : `${decision.kind} in ${decision.pauseMs}`,
    ).toBe(expected);
  });
});
