import { describe, expect, it } from "vitest";
import { composeFile } from "./docker.ts";
import { nodeProperties, propertiesText } from "./properties.ts";

const node = (at: number) => ({ client: 9092 + at, controller: 19092 + at });
const setup = { users: {}, brokerSessionTimeoutMs: 9000, settings: {} };

describe("a node's settings", () => {
  it("three nodes replicate three times and need two in sync; topics are not made by mistake", () => {
    const properties = nodeProperties({ ...setup, nodes: [node(0), node(1), node(2)] }, 1, "/data");
    expect(properties).toMatchObject({
      "node.id": "2",
      "controller.quorum.voters": "1@127.0.0.1:19092,2@127.0.0.1:19093,3@127.0.0.1:19094",
      "advertised.listeners": "PLAINTEXT://127.0.0.1:9093",
      "default.replication.factor": "3",
      "min.insync.replicas": "2",
      "auto.create.topics.enable": "false",
    });
  });

  it("listeners are on loopback alone", () => {
    const { listeners } = nodeProperties({ ...setup, nodes: [node(0)] }, 0, "/data");
    expect(listeners?.split(",").every((url) => url.includes("//127.0.0.1:"))).toBe(true);
  });

  it("users get a listener of their own", () => {
    const nodes = [{ ...node(0), sasl: 9192 }];
    const properties = nodeProperties({ ...setup, nodes, users: { alice: "pw" } }, 0, "/data");
    expect(properties["advertised.listeners"]).toBe("PLAINTEXT://127.0.0.1:9092,SASL://127.0.0.1:9192");
    expect(properties["listener.name.sasl.plain.sasl.jaas.config"]).toContain('user_alice="pw"');
  });

  it("backslashes survive Java's properties", () => {
    expect(propertiesText({ a: "C:\\data" })).toBe("a=C:\\\\data\n");
  });
});

it("the compose file publishes each broker on loopback under the port that it is found by", () => {
  const { services } = JSON.parse(composeFile({ brokers: 3, port: 9092 }));
  expect(services["kafka-3"].ports).toEqual(["127.0.0.1:9094:9092"]);
  expect(services["kafka-3"].environment.KAFKA_ADVERTISED_LISTENERS).toContain("CLIENT://127.0.0.1:9094,");
  expect(services["kafka-1"].image).toMatch(/^apache\/kafka:\d+\.\d+\.\d+$/);
});
