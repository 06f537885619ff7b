import { createRequire } from "node:module";
import { expect, it, vi } from "vitest";
import { createKafkajsClient } from "./client.js";
import { settingsOf } from "./options.js";

interface Queue {
  readonly pending: unknown[];
  throttleCheckTimeoutId: unknown;
  scheduleCheckPendingRequests(): void;
}

const { prototype } = createRequire(import.meta.url)("kafkajs/src/network/requestQueue/index.js") as {
  readonly prototype: Queue;
};

/** A queue with so many requests that wait; whether it has set a timer. */
function setsTimer(pending: number): boolean {
  const queue: Queue = Object.assign(Object.create(prototype), {
    pending: Array(pending),
    throttleCheckTimeoutId: null,
  });
  queue.scheduleCheckPendingRequests();
  clearTimeout(queue.throttleCheckTimeoutId as NodeJS.Timeout);
  return queue.throttleCheckTimeoutId !== null;
}

it("kafkajs' queue sets a timer while requests wait, and none otherwise, once a client was made", async () => {
  const options = { brokers: ["localhost:1"] };
  createKafkajsClient(options, settingsOf(options)).destroy();
  await vi.waitFor(() => expect(setsTimer(0)).toBe(false));
  expect(setsTimer(1)).toBe(true);
});
