import { contractTopics } from "@keyline/proof";
import { command } from "../command/command.js";
import { CommandError } from "../command/outcome.js";
import { optionWithDefault } from "../command/parameters.js";
import { count } from "../command/values.js";
import { schemaOption } from "../outbox/schema.js";

/** Publishes what outboxes wrote. */
export const relay = command({
  name: "relay",
  summary: "publish the events that apps write to their outbox, until it is stopped",
  needs: { contract: "option", cluster: true, store: "option" },
  parameters: {
    schema: schemaOption,
    host: optionWithDefault(
      "--host <address>",
      "the address of the health pages and metrics",
      (text) => text,
      "127.0.0.1",
    ),
    port: optionWithDefault(
      "--port <n>",
      "their port; 0 for a free one",
      (text) => (text === "0" ? 0 : count(text)),
      "0",
    ),
  },
  details:
    "Any number of relays share the work, and take over from one that ends. Creates the outbox's tables if they are missing. Serves /livez, /readyz and /metrics, writes its log to stderr, and at SIGTERM or SIGINT ends once the events in flight are published.",
  examples: ["keyline relay --brokers kafka:9092 --database-url postgres://app@db/shop"],
  exits: { clean: "ended by a signal" },
  async run({ schema, host, port }, context) {
    const { databaseUrl: url, io } = context;
    if (url === null) throw new CommandError("usage", "no database: pass --database-url or set DATABASE_URL");
    const contract = await context.contract();
    context.endsItself();
    const { transport } = await context.cluster();
    // Only this command needs the client and what serves pages.
    const { runRelay } = await import("../outbox/run-relay.js");
    if (!io.signal.aborted)
      await runRelay({ topics: contractTopics(contract), transport, url, schema, host, port }, io);
    return { exit: "clean" };
  },
});
