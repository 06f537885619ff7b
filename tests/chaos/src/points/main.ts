// A plain handler beside the projections: it writes a row for each event to a table of its own, by `ctx.once`.
import { createOnceTable } from "@keyline/postgres";
import { createConsumer, type HandlerContext } from "@keyline/runtime";
import { topics } from "@student-events/events";
import { connect, connectedSettings, runApp } from "@student-events/platform";
import pg from "pg";
import { z } from "zod";
import { readsOfPoints } from "./table.js";

/** Runs in one transaction. A connection that cannot be rolled back is thrown away. */
async function inTransaction<T>(pool: pg.Pool, run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query("begin");
    const result = await run(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {
      isBroken = true;
    });
    throw error;
  } finally {
    client.release(isBroken);
  }
}

process.exitCode = await runApp({
  name: "points",
  about: "Writes a row for each event that progress reads, once.",
  settings: connectedSettings({ DATABASE_URL: z.string(), KAFKA_INSTANCE_ID: z.string().optional() }),
  async start(settings) {
    const pool = new pg.Pool({ connectionString: settings.DATABASE_URL as string, max: 8 });
    // A connection that the server ends says so by an event, which ends a process that does not listen, in the pool or out of it.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    const transport = connect(settings, "points", (line) => process.stderr.write(line));
    const handle = async (_: unknown, ctx: HandlerContext) => {
      await inTransaction(pool, (client) =>
        ctx.once(
          (sql, params) => client.query(sql, params),
          () => client.query("insert into points (topic, event) values ($1, $2)", [ctx.topic, ctx.eventId]),
        ),
      );
    };
    const consumer = createConsumer(topics, {
      ...{ transport, groupId: "points", concurrency: 8, once: createOnceTable() },
      // The database is away now and then.
      retry: { attempts: 1000, withinMs: 600_000 },
      on: Object.fromEntries(readsOfPoints.map((name) => [name, handle])),
      ...(settings.KAFKA_INSTANCE_ID === undefined ? {} : { instanceId: settings.KAFKA_INSTANCE_ID as string }),
    });
    return {
      run: () => consumer.run(),
      atWork: () => consumer.start(),
      async close() {
        await consumer.close();
        await transport.close();
        await pool.end();
      },
    };
  },
});
