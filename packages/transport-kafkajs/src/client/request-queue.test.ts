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

it("kafkajs' queue sets a timer while requests wait, and none otherwise, once a client was made", async () => {
  const idle: Queue = Object.assign(Object.create(prototype), { pending: [], throttleCheckTimeoutId: null });
  const busy: Queue = Object.assign(Object.create(prototype), { pending: [1], throttleCheckTimeoutId: null });
  const original = prototype.scheduleCheckPendingRequests;
  const options = { brokers: ["localhost:1"] };
  createKafkajsClient(options, settingsOf(options)).destroy();
  await vi.waitFor(() => expect(prototype.scheduleCheckPendingRequests).not.toBe(original));
  idle.scheduleCheckPendingRequests();
  expect(idle.throttleCheckTimeoutId).toBeNull();
  busy.scheduleCheckPendingRequests();
  expect(busy.throttleCheckTimeoutId).not.toBeNull();
  clearTimeout(busy.throttleCheckTimeoutId as NodeJS.Timeout);
});
