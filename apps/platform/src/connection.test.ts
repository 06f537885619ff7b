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
    expect(connect(settingsIn({}), "app").name).toBe("memory");
  });

  it("is to Kafka with brokers", async () => {
    const transport = connect(settingsIn({ KAFKA_BROKERS: "127.0.0.1:1" }), "app");
    expect(transport.name).toBe("kafkajs");
    await transport.close();
  });

  it("is refused with the setting's name, before anything starts", () => {
    expect(read({ KAFKA_BROKERS: "nowhere" })).toEqual({
      problems: [expect.stringContaining("KAFKA_BROKERS must be host:port")],
    });
  });
});
