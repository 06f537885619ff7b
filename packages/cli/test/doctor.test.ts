import { describe, expect, test } from "vitest";
import { checkTopics } from "../src/doctor/cluster.js";
import type { Difference } from "../src/topics/plan.js";

describe("topics", () => {
  const create = (topic: string): Difference => ({ kind: "create", topic, partitions: 12, replicas: 3, config: {} });

  test("with none there, nothing is said of their partitions and settings but what to do", () => {
    const found = checkTopics([create("a"), create("a.dlq")], new Set(), 2, "two.yaml");
    expect(found.map(({ id, status, todo }) => [id, status, todo])).toEqual([
      ["doctor-topics", "todo", "run keyline topics apply two.yaml"],
      ["doctor-partitions", "skipped", "run keyline topics apply two.yaml first"],
      ["doctor-settings", "skipped", "run keyline topics apply two.yaml first"],
    ]);
  });

  test("with some there, those are judged", () => {
    const found = checkTopics([create("b")], new Set(["a"]), 2, "two.yaml");
    expect(found.map(({ status }) => status)).toEqual(["todo", "ok", "ok"]);
  });
});
