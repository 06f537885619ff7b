import { testProjection } from "@keyline/runtime/testing";
import { balance } from "../src/balance";

test("an order owes its total until it is paid", () => {
  const driver = testProjection(balance);
  driver.given.orderPlaced({ order_id: 1001, total: 2500 });
  driver.given.orderPaid({ order_id: 1001, amount: 1000 });
  expect(driver.state("1001")).toEqual({ owed: 1500 });
});
