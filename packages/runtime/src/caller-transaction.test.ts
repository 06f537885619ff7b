import { expect, test } from "vitest";
import { rowsOf, sqlStateOf } from "./caller-transaction.js";

test("rows are found in what drivers resolve to", () => {
  expect(rowsOf({ rows: [{ n: 1 }], rowCount: 1 })).toEqual([{ n: 1 }]);
  expect(rowsOf([{ n: 1 }])).toEqual([{ n: 1 }]);
});

test.each([undefined, null, 1, { rows: 1 }, {}])("%j has no rows, and is refused", (result) => {
  expect(() => rowsOf(result)).toThrow(
    expect.objectContaining({
      code: "options_invalid",
      message:
        "[options_invalid] execute must resolve to the rows of its statement, or to an object that has them as rows",
    }),
  );
});

test("the SQLSTATE is found through the errors of libraries", () => {
  const byDriver = Object.assign(new Error("deadlock"), { code: "40P01" });
  expect(sqlStateOf(byDriver)).toBe("40P01");
  expect(sqlStateOf(new Error("query failed", { cause: byDriver }))).toBe("40P01");
  expect(sqlStateOf({ code: "P2010", meta: { code: "40P01", message: "deadlock" } })).toBe("40P01");
  const byAdapter = { cause: { kind: "TransactionWriteConflict", originalCode: "40P01" } };
  expect(sqlStateOf({ code: "P2034", meta: { driverAdapterError: byAdapter } })).toBe("40P01");
  expect(sqlStateOf({ driverError: byDriver })).toBe("40P01");
  expect(sqlStateOf({ code: "P0001" })).toBe("P0001");
  for (const other of [null, "40P01", new Error("no"), { code: "EPIPE" }, { code: "P2010", meta: {} }])
    expect(sqlStateOf(other)).toBeNull();
  const circle: { cause?: unknown } = {};
  circle.cause = circle;
  expect(sqlStateOf(circle)).toBeNull();
});
