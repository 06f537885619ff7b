import type { RawRecord, Store } from "../versions/version.ts";
import type { Log } from "./projections.ts";
import type { Evidence, Output } from "./verdict.ts";

/** The topic that the tally emits to. */
export const outputTopic = "learning.response";

/** An output's record as its readers know it. */
export function outputOf({ key, value, headers }: Pick<RawRecord, "key" | "value" | "headers">): Output {
  const { data } = JSON.parse(value ?? "{}") as { readonly data?: { readonly payload: { readonly response: string } } };
  const sequence = headers.filter(([name]) => name === "keyline-seq").at(-1)?.[1] ?? null;
  return { key: key ?? "", sequence, text: data?.payload.response ?? "" };
}

/** What an app's states say, by key; not the row of what has no key, which has no state. */
export async function logsOf(
  store: Store,
  schema: string,
  app: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await store.sql<{ readonly key: string; readonly state: string }>(
    `select key, state from ${schema}.states where app = $1 and state <> 'null'`,
    [app],
  );
  return new Map(rows.map(({ key, state }) => [key, (JSON.parse(state) as Log).log]));
}

/** Reads from the tables what a run left there. */
export async function evidenceOf(
  store: Store,
  schema: string,
  run: Pick<Evidence, "keys" | "sentEach" | "outputs">,
): Promise<Evidence> {
  const count = async (table: string) => {
    const [row] = await store.sql<{ readonly rows: string }>(`select count(*)::text as rows from ${schema}.${table}`);
    return Number(row?.rows);
  };
  const fired = await store.sql<{ readonly key: string; readonly timers: string }>(
    `select key, timers from ${schema}.firings`,
  );
  return {
    ...run,
    tally: await logsOf(store, schema, "tally"),
    books: await logsOf(store, schema, "books"),
    outboxRows: await count("outbox"),
    parkedRows: await count("parked"),
    fired: fired.flatMap(({ key, timers }) =>
      (JSON.parse(timers) as { readonly name: string }[]).map(({ name }) => `${key} ${name}`),
    ),
  };
}
