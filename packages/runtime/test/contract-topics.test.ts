import { expect, test } from "vitest";
import { createMemoryCluster } from "../src/memory/index.js";
import { topics } from "./support.js";

const { orderPlaced, orderPaid } = topics;

test("a cluster that is given a contract's topics has them and their dead-letter topics", () => {
  const unkeyed = { ...orderPaid, domain: null, partitions: null };
  const perShop = { ...orderPlaced, address: "shop.{id}.placed", parameters: ["id"], domain: null };
  const cluster = createMemoryCluster({ topics: { orderPlaced, unkeyed, perShop } });
  expect([...cluster.topics()].sort()).toEqual([
    ["order.paid", 1],
    ["order.paid.dlq", 1],
    ["order.placed", 5],
    ["order.placed.dlq", 5],
  ]);
});

test("a dead-letter topic that the contract describes is made as described", () => {
  const letters = { ...orderPlaced, address: "order.placed.dlq", domain: null, partitions: 2 };
  const counts = createMemoryCluster({ topics: { orderPlaced, letters } }).topics();
  expect(counts.get("order.placed.dlq")).toBe(2);
  expect([...counts.keys()].sort()).toEqual(["order.placed", "order.placed.dlq", "order.placed.dlq.dlq"]);
});
