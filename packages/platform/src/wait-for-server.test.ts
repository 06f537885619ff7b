import { KeylineError } from "@keyline/runtime";
import { expect, it } from "vitest";
import { waitForServer } from "./wait-for-server.js";

const running = new AbortController().signal;

it("a server that comes up late is waited for, and said so", async () => {
  let calls = 0;
  const said: string[] = [];
  const start = async () => {
    calls += 1;
    if (calls < 3) throw new KeylineError("store_unavailable", "the database system is starting up");
    return "started";
  };
  expect(await waitForServer(start, (line) => said.push(line), running)).toBe("started");
  expect(said).toHaveLength(2);
  expect(said[0]).toContain("starting up");
});

it("what will not pass is thrown at once", async () => {
  const denied = new KeylineError("store_unavailable", "no such user", { retryable: false });
  const start = () => Promise.reject(denied);
  await expect(waitForServer(start, () => undefined, running)).rejects.toBe(denied);
  await expect(
    waitForServer(
      () => Promise.reject(new Error("a bug")),
      () => undefined,
      running,
    ),
  ).rejects.toThrow("a bug");
});

it("an app that is stopped waits no longer", async () => {
  const stopping = new AbortController();
  const away = new KeylineError("store_unavailable", "no server answers");
  const starting = waitForServer(
    () => Promise.reject(away),
    () => stopping.abort(),
    stopping.signal,
  );
  await expect(starting).rejects.toBe(away);
});
