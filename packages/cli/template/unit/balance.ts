import assert from "node:assert/strict";
import test from "node:test";
import { testProjection } from "@keyline/runtime/testing";
import { balance } from "../src/balance.ts";

test("an order owes its total until it is paid", () => {
  const driver = testProjection(balance);
  driver.given.orderPlaced({ order_id: 1001, total: 2500 });
  driver.given.orderPaid({ order_id: 1001, amount: 1000 });
  assert.deepEqual(driver.state("1001"), { owed: 1500 });
  assert.deepEqual(driver.state("1002"), { owed: 0 });
});
