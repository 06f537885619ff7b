import { expect, it } from "vitest";
import { createLogIdentity } from "./log-identity.js";

it("a log is replaced once metadata has named another id for a second, and no answer between has named the known one", async () => {
  const now = { ms: 0, id: "old" as string | undefined };
  const ask = async () => new Map(now.id === undefined ? [] : [["a", now.id]]);
  const { begin, replaced } = createLogIdentity(ask, () => now.ms);
  await begin(["a"]);
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

it("begins once every topic is known, else a topic would be fetched by its name for ever", async () => {
  const known = new Map([["a", "1"]]);
  const { begin, ids } = createLogIdentity(async () => known);
  await expect(begin(["a", "b"])).rejects.toMatchObject({ code: "transport_unavailable", retryable: true });
  expect([...ids]).toEqual([]);
  known.set("b", "2");
  await begin(["a", "b"]);
  expect([...ids]).toEqual([...known]);
});

it("knows no log by an id where brokers are older than ids", async () => {
  const { begin, ids, replaced } = createLogIdentity(async () => null);
  await begin(["a"]);
  expect([...ids]).toEqual([]);
  expect(await replaced("a")).toBeNull();
});
