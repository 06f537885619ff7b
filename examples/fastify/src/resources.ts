import { PGlite } from "@electric-sql/pglite";
import { createKafkajsTransport, kafkaOptionsFrom } from "@keyline/kafkajs";
import { openPglite, openPostgres } from "@keyline/outbox";
import { createPgliteStore, createPostgresStore } from "@keyline/postgres";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { topics } from "./keyline/events.ts";

/** Kafka and PostgreSQL where KAFKA_BROKERS and DATABASE_URL name them; else both in this process. */
export function openResources() {
  const kafka = kafkaOptionsFrom(process.env);
  return {
    transport: kafka ? createKafkajsTransport(kafka) : createMemoryCluster({ topics }).transport(),
    ...openDatabases(process.env.DATABASE_URL),
  };
}

export type Resources = ReturnType<typeof openResources>;

/** The tables of the service and of its outbox, and the store of its projections: one database. */
function openDatabases(url: string | undefined) {
  if (url) return { database: openPostgres({ url }), store: createPostgresStore({ url }) };
  const database = new PGlite();
  return { database: openPglite({ database }), store: createPgliteStore({ database }) };
}
