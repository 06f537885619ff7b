import { KeylineError } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import { ConnectionBroken, failureOf, transportError, Unreachable } from "./errors.js";
import { LoginRefused } from "./port.js";

/** As a broker answers. */
const answered = (type: string) => Object.assign(new Error(`the broker says ${type}`), { type });
const tls = (message: string, code: string) =>
  new Error("Connection failed", { cause: Object.assign(new Error(message), { code }) });

describe("what brokers answer, and what becomes of connections", () => {
  it.each([
    [new Unreachable("h:1", new LoginRefused(answered("SASL_AUTHENTICATION_FAILED"))), "transport_denied"],
    [answered("TOPIC_AUTHORIZATION_FAILED"), "transport_denied"],
    [new Unreachable("h:1", tls("self-signed certificate", "SELF_SIGNED")), "transport_denied"],
    [
      new ConnectionBroken("h:1", tls("SSL alert number 116", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED")),
      "transport_denied",
    ],
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
    new Unreachable("h:1", new Error("connect ECONNREFUSED")),
  ])("%s may pass, and nothing was written", (error) => {
    expect(failureOf(error)).toMatchObject({ code: "transport_unavailable", retryable: true, notWritten: true });
  });

  it.each([
    answered("REQUEST_TIMED_OUT"),
    answered("NOT_ENOUGH_REPLICAS_AFTER_APPEND"),
    new ConnectionBroken("h:1", new Error("read ECONNRESET")),
  ])("%s may pass, and may be written", (error) => {
    expect(failureOf(error)).toMatchObject({ code: "transport_unavailable", retryable: true, notWritten: false });
  });

  it("an unrecognised error may be written", () => {
    expect(failureOf(new Error("surprise"))).toMatchObject({ retryable: false, notWritten: false });
  });

  it("the innermost cause says why, however often a library wraps it", () => {
    const wrapped = new Error("failed", { cause: new Error("network", { cause: new Error("connect ECONNREFUSED") }) });
    expect(failureOf(new Unreachable("h:1", wrapped)).reason).toBe(
      "no broker could be reached: h:1: connect ECONNREFUSED",
    );
  });

  it("refused credentials are not repeated in the message", () => {
    const error = transportError(new Unreachable("h:1", new LoginRefused(new Error("bad password s3cret"))), "connect");
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
