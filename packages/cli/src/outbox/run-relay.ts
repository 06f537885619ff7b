import { health, prometheusHooks, relayLogHooks, serveHealth } from "@keyline/ops";
import { createRelay, openPostgres } from "@keyline/outbox";
import type { Topics, Transport } from "@keyline/runtime";
import { Registry } from "prom-client";
import { fired, type Io } from "../io.js";

/** What a relay is run with. */
export interface RelayRun {
  readonly topics: Topics;
  readonly transport: Transport;
  readonly url: string;
  readonly schema: string | undefined;
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
}

/** What is under way when it is asked to end has so long: less than the 30 s after which Kubernetes kills. */
const closeMs = 20_000;

/** Lines with their time and level. */
function lineLogger({ log }: Io) {
  const write = (level: string) => (message: string) => log(`${new Date().toISOString()} ${level} ${message}\n`);
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Publishes what an outbox has, with its health and metrics on a page, until the signal fires. */
export async function runRelay({ topics, transport, url, schema, host, port }: RelayRun, io: Io): Promise<void> {
  const registry = new Registry();
  const logger = lineLogger(io);
  const database = openPostgres({ url });
  const relay = createRelay({
    ...{ topics, transport, database, hooks: relayLogHooks(logger), producerHooks: prometheusHooks(registry) },
    ...(schema === undefined ? {} : { schema }),
  });
  try {
    await relay.start();
    const pages = health({ consumers: [], transport, registry, outbox: relay });
    const server = await serveHealth(pages, { host, port });
    logger.info(`health and metrics at ${server.url}`);
    await fired(io.signal);
    await relay.close({ timeoutMs: closeMs });
    await server.close();
  } finally {
    await relay.close({ timeoutMs: 0 });
    await database.close();
  }
}
