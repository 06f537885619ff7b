import type { Execute } from "@keyline/outbox";
import { type SQL, sql } from "drizzle-orm";
import { CompiledQuery, type Transaction } from "kysely";
import type { ClientBase } from "pg";
import type { EntityManager } from "typeorm";
import type { PrismaClient } from "./gen/client.ts";

// `execute` in the transaction of each library, in one line: docs/guides/outbox.md shows these lines.

/** Of node-postgres: the client on which `begin` ran. */
export const ofPg =
  (client: ClientBase): Execute =>
  (sql, params) =>
    client.query(sql, params);

/** Of Kysely: what `db.transaction().execute` hands over. */
export const ofKysely =
  <Database>(trx: Transaction<Database>): Execute =>
  (sql, params) =>
    trx.executeQuery(CompiledQuery.raw(sql, params));

/** Of Drizzle: what `db.transaction` hands over. It takes no text with numbered parameters, so the text is cut at them. */
export const ofDrizzle =
  (tx: { execute(query: SQL): PromiseLike<unknown> }): Execute =>
  (text, params) =>
    tx.execute(sql.join(text.split(/\$(\d+)/).map((part, n) => (n % 2 ? sql`${params[+part - 1]}` : sql.raw(part)))));

/** Of TypeORM: what `dataSource.transaction` hands over, or the `manager` of a query runner. */
export const ofTypeOrm =
  (manager: EntityManager): Execute =>
  (sql, params) =>
    manager.query(sql, params);

/** Of Prisma: what `prisma.$transaction` hands over. */
export const ofPrisma =
  (tx: Pick<PrismaClient, "$queryRawUnsafe">): Execute =>
  (sql, params) =>
    tx.$queryRawUnsafe(sql, ...params);
