// A process of the chaos run: a relay, as `keyline relay` runs one.
import { createKafkajsTransport } from "@keyline/kafkajs";
import { relayLogHooks, runUntilSignal } from "@keyline/ops";
import { createRelay, openPostgres } from "@keyline/outbox";
import { topics } from "@student-events/events";
import { readTask } from "../publish/task.js";
import type { RelayTask } from "./task.js";

const { url, brokers, leaseMs } = readTask<RelayTask>();
const transport = createKafkajsTransport({ brokers: [...brokers], clientId: "relay" });
const database = openPostgres({ url });
const relay = createRelay({ topics, transport, database, leaseMs, hooks: relayLogHooks(console) });
await runUntilSignal(async () => {
  // As what starts it would, where the database is away at that moment.
  for (;;) {
    const isStarted = await relay.start().then(
      () => true,
      () => new Promise<boolean>((resolve) => setTimeout(resolve, 200, false)),
    );
    if (isStarted) break;
  }
  console.info("the relay runs");
  return [relay, transport, database];
});
