import { describe, expect, it } from "vitest";
import { createInspector } from "../admin/inspector.js";
import { createTopicAdmin } from "../admin/topic-admin.js";
import type { KafkaClient } from "../port.js";
import { createTransport } from "../transport.js";
import { type KafkaLogLine, type KafkaOptions, settingsOf } from "./options.js";

const brokers = ["127.0.0.1:9092"];
/** Connects to nothing. */
const client: KafkaClient = { name: "none", connect: () => Promise.reject(new Error("none \u001b[2J")) };

it.each([null, undefined, "127.0.0.1:9092", {}, { brokers: "127.0.0.1:9092" }, { brokers: [9092] }])(
  "a caller without types is told what is wrong with %j",
  (options) => {
    for (const create of [createTransport, createTopicAdmin, createInspector]) {
      const wrong = expect.objectContaining({ code: "options_invalid" });
      expect(() => create(client, options as unknown as KafkaOptions)).toThrow(wrong);
    }
  },
);

it("the log tells of connections that cannot open, and steers no terminal", async () => {
  const lines: KafkaLogLine[] = [];
  const options = { brokers, requestTimeoutMs: 1, log: (line: KafkaLogLine) => lines.push(line) };
  const transport = createTransport(client, options);
  await expect(transport.clusterId()).rejects.toMatchObject({ code: "transport_unavailable" });
  await transport.close();
  expect(lines[0]).toEqual({ level: "error", message: "no connection to 127.0.0.1:9092: none \\u001b[2J" });
});

describe("the options of the transport", () => {
  it.each([
    [{ brokers: [] }, /brokers is empty/],
    [{ brokers: ["kafka"] }, /not a valid host:port/],
    [{ brokers, sessionTimeoutMs: 6000, heartbeatIntervalMs: 3000 }, /a third of sessionTimeoutMs/],
    [{ brokers, maxBatchBytes: 0 }, /maxBatchBytes is 0/],
    [{ brokers, maxWaitMs: Number.NaN }, /maxWaitMs is NaN/],
    [{ brokers, clientid: "x" }, /there is no option clientid; did you mean clientId\?/],
  ])("%j cannot work", (options, message) => {
    expect(() => settingsOf(options)).toThrow(
      expect.objectContaining({ code: "options_invalid", message: expect.stringMatching(message) }),
    );
  });

  it("a short session is kept up by quicker heartbeats", () => {
    expect(settingsOf({ brokers, sessionTimeoutMs: 1500 }).heartbeatIntervalMs).toBe(500);
  });
});
