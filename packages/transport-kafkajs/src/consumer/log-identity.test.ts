import { expect, it } from "vitest";
import { createLogIdentity } from "./log-identity.js";

it("a log is replaced once metadata has named another id for a second, and no answer between has named the known one", async () => {
  const now = { ms: 0, id: "old" as string | undefined };
  const ask = async () => new Map(now.id === undefined ? [] : [["a", now.id]]);
  const { replaced } = createLogIdentity(new Map([["a", "old"]]), ask, () => now.ms);
  const at = (ms: number, id: string | undefined) => {
    Object.assign(now, { ms, id });
    return replaced("a");
  };
  expect(await at(0, "old")).toBeNull();
  expect(await at(100, undefined)).toBeNull();
  expect(await at(200, "new")).toBeNull();
  // A broker that has not heard of it yet.
  expect(await at(300, "old")).toBeNull();
  expect(await at(1250, "new")).toBeNull();
  expect(await at(2249, "new")).toBeNull();
  expect(await at(2250, "new")).toMatchObject({ code: "log_replaced" });
  expect(await replaced("b")).toBeNull();
});
