import type { Pool, PoolClient } from "pg";

/** Runs a statement of a transaction, or not, or later. */
export type Fault = (text: string, run: () => Promise<unknown>) => Promise<unknown>;

/** Puts a fault between a pool and the statements of its transactions. */
export function breakPool(pool: Pool, fault: Fault): void {
  const connect = pool.connect.bind(pool) as (...callback: unknown[]) => Promise<PoolClient>;
  const broken = async (...callback: unknown[]) => {
    // The pool's own statements, outside of transactions.
    if (callback.length > 0) return connect(...callback);
    const client = await connect();
    return new Proxy(client, {
      get(target, name) {
        if (name === "query") {
          return (text: string, params?: unknown[]) => fault(text, () => target.query(text, params));
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  Object.assign(pool, { connect: broken });
}

/** Asks until there is, or is not, a row. */
export async function until(pool: Pool, there: boolean, statement: string): Promise<void> {
  const endMs = performance.now() + 10_000;
  while ((await pool.query(statement)).rows.length > 0 !== there) {
    if (performance.now() > endMs) throw new Error(`it did not become ${there}: ${statement}`);
  }
}
