import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchLimits, checkBrokers, checkTopics } from "../src/doctor/cluster.js";
import { main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";
import type { Difference } from "../src/topics/plan.js";

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-doctor-"));
  for (const name of ["asyncapi.yaml", "two.yaml"])
    await copyFile(join(import.meta.dirname, "../../../asyncapi.yaml"), join(cwd, name));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

async function doctor(...args: string[]) {
  const io = createTestIo(cwd);
  const code = await main(["doctor", ...args], io);
  return { code, ...io.written };
}

test("what to do about generated code is done with the contract and the folder that were asked about", async () => {
  expect((await doctor()).out).toMatch(/^todo {2}generated code .*: run keyline generate$/m);
  expect((await doctor("--contract", "two.yaml", "--out", "sdk")).out).toMatch(
    /^todo {2}generated code .*: run keyline generate --contract two\.yaml --out sdk$/m,
  );
});

describe("topics", () => {
  const create = (topic: string): Difference => ({ kind: "create", topic, partitions: 12, replicas: 3, config: {} });

  test("with none there, nothing is said of their partitions and settings but what to do", () => {
    const found = checkTopics([create("a"), create("a.dlq")], new Set(), 2, {
      file: "two.yaml",
      limits: "",
      hidden: [],
    });
    expect(found.map(({ id, status, todo }) => [id, status, todo])).toEqual([
      ["doctor-topics", "todo", "run keyline topics apply two.yaml"],
      ["doctor-partitions", "skipped", "run keyline topics apply two.yaml first"],
      ["doctor-settings", "skipped", "run keyline topics apply two.yaml first"],
    ]);
  });

  test("with some there, those are judged", () => {
    const limits = batchLimits([{ config: { "max.message.bytes": "2000" } }, { config: {} }], 64_000);
    const found = checkTopics([create("b")], new Set(["a"]), 2, { file: "two.yaml", limits, hidden: [] });
    expect(found.map(({ status }) => status)).toEqual(["todo", "ok", "ok"]);
    expect(found[2]?.summary).toBe(
      "as the contract says; batches up to 2 KB (max.message.bytes), unpacked up to 64 KB (maxUnpackedBytes)",
    );
  });
});

test("brokers that answer are shown, with what is to be warned of in how they were asked", () => {
  const brokers = [{ address: "kafka-1:9092", version: "4.3" }];
  const summary = (warning: string | null) => checkBrokers(brokers, "abc", warning).summary;
  expect(summary(null)).toBe("1 broker (kafka-1:9092), Kafka 4.3, cluster abc");
  expect(summary("SASL PLAIN without TLS")).toBe(
    "1 broker (kafka-1:9092), Kafka 4.3, cluster abc; warning: SASL PLAIN without TLS",
  );
});
