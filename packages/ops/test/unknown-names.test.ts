import { createMemoryCluster } from "@keyline/runtime/memory";
import { expect, test } from "vitest";
import { health, logHooks, relayLogHooks, runUntilSignal, serveHealth } from "../src/index.js";

// Callers without types: what they misspell would be left out in silence.
const any = (value: unknown) => value as never;
const transport = createMemoryCluster().transport();

test.each([
  ["health", async () => health(any({ consumers: [], transport, stalledAfterMS: 5 })), "did you mean stalledAfterMs?"],
  ["its server", () => serveHealth(async () => new Response(), any({ Port: 0 })), "did you mean port?"],
  ["logs", async () => logHooks(console, any({ redacted: String })), "did you mean redact?"],
  [
    "their levels",
    async () => logHooks(console, { levels: any({ deadLetterd: "warn" }) }),
    "did you mean deadLettered?",
  ],
  ["a relay's logs", async () => relayLogHooks(console, { levels: any({ parkd: "off" }) }), "did you mean parked?"],
  ["the run of a service", () => runUntilSignal([], any({ timeOutMs: 5 })), "did you mean timeoutMs?"],
])("an unknown option of %s is refused with the nearest one", async (_, call, message) => {
  await expect(call()).rejects.toMatchObject({ code: "options_invalid", message: expect.stringContaining(message) });
});
