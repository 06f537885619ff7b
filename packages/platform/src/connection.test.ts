import { describe, expect, it } from "vitest";
import { z } from "zod";
import { connect, connectedSettings } from "./connection.js";
import { readSettings } from "./settings.js";

const settings = connectedSettings({ COPIES: z.coerce.number().default(1) });
const read = (environment: Readonly<Record<string, string>>) => readSettings(settings, environment);
const settingsIn = (environment: Readonly<Record<string, string>>) => {
  const result = read(environment);
  if ("problems" in result) throw new Error(result.problems.join());
  return result.settings;
};

describe("the connection of an app", () => {
  it("is to a cluster in this process without brokers", () => {
    expect(connect(settingsIn({}), "app", () => {}).name).toBe("memory");
  });

  it("is to Kafka with brokers", async () => {
    const transport = connect(settingsIn({ KAFKA_BROKERS: "127.0.0.1:1" }), "app", () => {});
    expect(transport.name).toBe("kafkajs");
    await transport.close();
  });

  it("is by the client library that KAFKA_CLIENT names, and by no other", async () => {
    const brokers = { KAFKA_BROKERS: "127.0.0.1:1" };
    const transport = connect(settingsIn({ ...brokers, KAFKA_CLIENT: "platformatic" }), "app", () => {});
    expect(transport.name).toBe("platformatic");
    await transport.close();
    expect(read({ ...brokers, KAFKA_CLIENT: "sarama" })).toEqual({
      problems: [expect.stringContaining("KAFKA_CLIENT must be kafkajs or platformatic")],
    });
  });

  it("is warned of where a password goes in clear, without the password", async () => {
    const said: string[] = [];
    const login = { KAFKA_SASL_MECHANISM: "plain", KAFKA_SASL_USERNAME: "ada", KAFKA_SASL_PASSWORD: "swordfish" };
    const open = (environment: Readonly<Record<string, string>>) =>
      connect(settingsIn({ ...login, ...environment }), "app", (line) => said.push(line)).close();
    await open({ KAFKA_BROKERS: "kafka-1:9092", KAFKA_SSL: "true" });
    await open({ KAFKA_BROKERS: "127.0.0.1:9092,[::1]:9092,localhost:1" });
    await open({ KAFKA_BROKERS: "kafka-1:9092", KAFKA_SASL_MECHANISM: "scram-sha-512" });
    expect(said).toEqual([]);
    await open({ KAFKA_BROKERS: "127.0.0.1:9092,kafka-1:9092" });
    expect(said).toEqual([expect.stringMatching(/^warning: SASL PLAIN without TLS: .*KAFKA_SSL=true/)]);
    expect(said.join()).not.toContain("swordfish");
  });

  it("says soon that no broker answers, while the transport still tries", async () => {
    const said: string[] = [];
    const transport = connect(settingsIn({ KAFKA_BROKERS: "127.0.0.1:1" }), "app", (line) => said.push(line));
    await expect
      .poll(() => said, { timeout: 10_000 })
      .toEqual(['app: no answer from Kafka at 127.0.0.1:1 yet; "keyline doctor --brokers" says what it finds there\n']);
    await transport.close();
  });

  it("is refused with the setting's name, before anything starts", () => {
    expect(read({ KAFKA_BROKERS: "nowhere" })).toEqual({
      problems: [expect.stringContaining("KAFKA_BROKERS must be host:port")],
    });
  });
});
