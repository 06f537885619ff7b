import { KeylineError } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import { failureOf, transportError } from "./errors.js";

/** An error as kafkajs makes them. */
const raised = (name: string, fields: object = {}, message = name) =>
  Object.assign(new Error(message), { name, ...fields });
const answered = (type: string) => raised("KafkaJSProtocolError", { type }, `the broker says ${type}`);

describe("what kafkajs throws", () => {
  it.each([
    [raised("KafkaJSSASLAuthenticationError"), "transport_denied"],
    [answered("TOPIC_AUTHORIZATION_FAILED"), "transport_denied"],
    [raised("KafkaJSConnectionError", { code: "SELF_SIGNED" }, "self-signed certificate"), "transport_denied"],
    [answered("UNKNOWN_TOPIC_OR_PARTITION"), "topic_unknown"],
    [answered("MESSAGE_TOO_LARGE"), "record_too_large"],
    [answered("OFFSET_OUT_OF_RANGE"), "offset_out_of_range"],
    [answered("INCONSISTENT_GROUP_PROTOCOL"), "options_invalid"],
    [answered("INVALID_TIMESTAMP"), "options_invalid"],
  ])("%s is %s, and trying again does not help", (error, code) => {
    expect(failureOf(error)).toMatchObject({ code, retryable: false, notWritten: true });
  });

  it.each([
    answered("NOT_LEADER_FOR_PARTITION"),
    answered("NOT_ENOUGH_REPLICAS"),
    answered("GROUP_LOAD_IN_PROGRESS"),
    answered("UNKNOWN_PRODUCER_ID"),
    raised("Error", {}, "Broker not connected"),
    raised("KafkaJSConnectionError", {}, "Not connected"),
    raised("KafkaJSConnectionError", { code: "ECONNREFUSED" }, "Connection error: connect ECONNREFUSED"),
    raised("KafkaJSConnectionError", {}, "Connection timeout"),
  ])("%s may pass, and nothing was written", (error) => {
    expect(failureOf(error)).toMatchObject({ code: "transport_unavailable", retryable: true, notWritten: true });
  });

  it.each([
    answered("REQUEST_TIMED_OUT"),
    answered("NOT_ENOUGH_REPLICAS_AFTER_APPEND"),
    raised("KafkaJSConnectionClosedError", { host: "h", port: 1 }, "Closed connection"),
    raised("KafkaJSConnectionError", { code: "ECONNRESET" }, "Connection error: read ECONNRESET"),
    raised("KafkaJSRequestTimeoutError"),
  ])("%s may pass, and may be written", (error) => {
    expect(failureOf(error)).toMatchObject({ code: "transport_unavailable", retryable: true, notWritten: false });
  });

  it("an unrecognised error may be written", () => {
    expect(failureOf(new Error("surprise"))).toMatchObject({ retryable: false, notWritten: false });
  });

  it("the innermost cause counts, however often kafkajs wraps it", () => {
    const inner = answered("TOPIC_AUTHORIZATION_FAILED");
    const wrapped = raised("KafkaJSNumberOfRetriesExceeded", {
      cause: raised("KafkaJSNonRetriableError", { cause: inner }),
    });
    expect(failureOf(wrapped).code).toBe("transport_denied");
  });

  it("a broken connection names its broker, so that it is forgotten", () => {
    const closed = raised("KafkaJSConnectionClosedError", { broker: "10.0.0.1:9092" });
    expect(failureOf(closed).address).toEqual({ host: "10.0.0.1", port: 9092 });
    expect(failureOf(Object.assign(closed, { broker: "2001:db8::7:9092" })).address).toEqual({
      host: "2001:db8::7",
      port: 9092,
    });
    expect(failureOf(answered("NOT_CONTROLLER")).address).toBeNull();
  });

  it("refused credentials are not repeated in the message", () => {
    const error = transportError(raised("KafkaJSSASLAuthenticationError", {}, "bad password s3cret"), "connect");
    expect(error.rawMessage).not.toContain("s3cret");
    expect(error).toMatchObject({ code: "transport_denied", retryable: false });
  });

  it("a right that is missing is told with its topics", () => {
    const denied = Object.assign(answered("TOPIC_AUTHORIZATION_FAILED"), { topics: ["a", "b"], right: "DESCRIBE" });
    expect(transportError(denied, "ask for topics").rawMessage).toBe(
      "cannot ask for topics: the broker answers TOPIC_AUTHORIZATION_FAILED for a, b: give this user DESCRIBE",
    );
  });

  it("our own errors stay as they are", () => {
    const error = new KeylineError("log_replaced", "x");
    expect(transportError(error, "read")).toBe(error);
  });
});
