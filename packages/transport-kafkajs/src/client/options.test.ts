import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { createKafkajsInspector } from "../admin/inspector.js";
import { createKafkajsTopics } from "../admin/topic-admin.js";
import { createKafkajsTransport } from "../transport.js";
import { logLevel } from "./kafkajs.js";
import { type KafkajsLogLine, type KafkajsOptions, kafkaConfig, settingsOf } from "./options.js";
import { trackSockets } from "./sockets.js";

const brokers = ["127.0.0.1:9092"];

it.each([null, undefined, "127.0.0.1:9092", {}, { brokers: "127.0.0.1:9092" }, { brokers: [9092] }])(
  "a caller without types is told what is wrong with %j",
  (options) => {
    for (const create of [createKafkajsTransport, createKafkajsTopics, createKafkajsInspector]) {
      const wrong = expect.objectContaining({ code: "options_invalid" });
      expect(() => create(options as unknown as KafkajsOptions)).toThrow(wrong);
    }
  },
);

it("a broker is reached by an IPv6 address", async ({ skip }) => {
  const server = createServer((socket) => socket.destroy());
  const listening = once(server, "listening");
  server.listen(0, "::1");
  await listening.catch(() => skip("this machine has no IPv6"));
  const connected = once(server, "connection");
  const transport = createKafkajsTransport({ brokers: [`[::1]:${(server.address() as AddressInfo).port}`] });
  transport.clusterId().catch(() => undefined);
  await connected;
  await transport.close();
  server.close();
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

  it("a token is asked for at each connection", async () => {
    let asked = 0;
    const token = async () => {
      asked += 1;
      return `token ${asked}`;
    };
    const config = kafkaConfig(
      { brokers, sasl: { mechanism: "oauthbearer", token } },
      settingsOf({ brokers }),
      trackSockets(1000).factory,
    );
    const provider = (config.sasl as unknown as { oauthBearerProvider(): Promise<unknown> }).oauthBearerProvider;
    expect([await provider(), await provider()]).toEqual([{ value: "token 1" }, { value: "token 2" }]);
  });

  it("the log carries messages, and nothing of what kafkajs puts beside them", () => {
    const lines: KafkajsLogLine[] = [];
    const { logCreator } = kafkaConfig(
      { brokers, log: (line) => lines.push(line) },
      settingsOf({ brokers }),
      trackSockets(1000).factory,
    );
    const log = { timestamp: "", message: "Closed", broker: "h:1", payload: "s3cret" };
    logCreator?.(logLevel.INFO)({ namespace: "Connection", level: logLevel.ERROR, label: "ERROR", log });
    expect(lines).toEqual([{ level: "error", message: "Connection: Closed (h:1)" }]);
  });
});
