import type { Execute } from "@keyline/outbox";
import { PrismaPg } from "@prisma/adapter-pg";
import { drizzle } from "drizzle-orm/node-postgres";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { DataSource } from "typeorm";
import { ofDrizzle, ofKysely, ofPg, ofPrisma, ofTypeOrm } from "./execute.ts";
import { PrismaClient } from "./gen/client.ts";

/** A library with a connection of its own to a database. */
export interface Library {
  /** Runs in one transaction of the library: commits when it resolves, rolls back when it rejects. `add` adds a line in it. */
  transaction<T>(run: (execute: Execute, add: (line: string) => Promise<unknown>) => Promise<T>): Promise<T>;
  /** The same one line with the library's database in the place of a transaction. */
  readonly outside: Execute;
  close(): Promise<unknown>;
}

/** A pool of connections. That the server ends one, as when a test stops it, is not an error. */
export function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** Each library that is tested, by its name. */
export const libraries: Readonly<Record<string, (url: string) => Promise<Library>>> = {
  async pg(connectionString) {
    const pool = openPool(connectionString);
    return {
      async transaction(run) {
        const client = await pool.connect();
        try {
          await client.query("begin");
          const result = await run(ofPg(client), (line) =>
            client.query("insert into lines (line) values ($1)", [line]),
          );
          await client.query("commit");
          return result;
        } catch (error) {
          await client.query("rollback");
          throw error;
        } finally {
          client.release();
        }
      },
      outside: (text, params) => pool.query(text, params),
      close: () => pool.end(),
    };
  },
  async Kysely(connectionString) {
    const db = new Kysely<{ lines: { line: string } }>({
      dialect: new PostgresDialect({ pool: openPool(connectionString) }),
    });
    return {
      transaction: (run) =>
        db
          .transaction()
          .execute((trx) => run(ofKysely(trx), (line) => sql`insert into lines (line) values (${line})`.execute(trx))),
      outside: ofKysely(db as never),
      close: () => db.destroy(),
    };
  },
  async Drizzle(connectionString) {
    const pool = openPool(connectionString);
    const db = drizzle(pool);
    return {
      transaction: (run) =>
        db.transaction((tx) => {
          const execute = ofDrizzle(tx);
          return run(execute, async (line) => execute("insert into lines (line) values ($1)", [line]));
        }),
      outside: ofDrizzle(db),
      close: () => pool.end(),
    };
  },
  async TypeORM(url) {
    const source = await new DataSource({ type: "postgres", url }).initialize();
    return {
      transaction: (run) =>
        source.transaction((manager) =>
          run(ofTypeOrm(manager), (line) => manager.query("insert into lines (line) values ($1)", [line])),
        ),
      outside: ofTypeOrm(source.manager),
      close: () => source.destroy(),
    };
  },
  async Prisma(connectionString) {
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
    return {
      transaction: (run) =>
        prisma.$transaction((tx) =>
          run(ofPrisma(tx), (line) => tx.$executeRaw`insert into lines (line) values (${line})`),
        ),
      outside: ofPrisma(prisma),
      close: () => prisma.$disconnect(),
    };
  },
};
