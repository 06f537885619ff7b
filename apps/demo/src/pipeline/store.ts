import type { SqlStore } from "@keyline/postgres";
import { createHoldsTable, openStore } from "@student-events/platform";
import { createProgressView, readProgressRows, type StudentProgressRow } from "@student-events/progress";
import { createStruggleView, readStruggleAlerts } from "@student-events/struggle";
import type { ExpectedAlert } from "../verify/expected-alerts.js";

/** A fresh store, and what is read from its tables beside the apps. */
export interface DemoStore {
  readonly store: SqlStore;
  /** By student, then module. */
  progressRows(): Promise<readonly StudentProgressRow[]>;
  alertRows(): Promise<readonly ExpectedAlert[]>;
  /** How many students have a deadline before this time that has not fired. */
  timersDue(beforeMs: number): Promise<number>;
  /** How many keys it knows, of any app. */
  applied(): Promise<number>;
  /** The states of an app by key, as they are stored. */
  states(app: string): Promise<ReadonlyMap<string, string>>;
  /** Writes a state past every fence. */
  overwriteState(app: string, key: string, state: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens PostgreSQL at an address, or, without one, in this process, of which nothing outlives the process; with the views
 * of both apps and the table of what they waited for.
 */
export async function openDemoStore(databaseUrl?: string): Promise<DemoStore> {
  const store = await openStore(databaseUrl);
  await createProgressView(store);
  await createStruggleView(store);
  await createHoldsTable(store);
  return {
    store,
    progressRows: () => readProgressRows(store),
    alertRows: async () =>
      (await readStruggleAlerts(store)).map(({ student_id, trigger_type, severity, module, at }) => {
        return { student_id, trigger_type, severity, module, atMs: Date.parse(at) };
      }),
    async timersDue(beforeMs) {
      const [counted] = await store.sql<{ due: number }>(
        "select count(*)::integer as due from keyline.states where due_at_ms < $1",
        [beforeMs],
      );
      return counted?.due ?? 0;
    },
    async applied() {
      const [counted] = await store.sql<{ keys: number }>("select count(*)::integer as keys from keyline.states");
      return counted?.keys ?? 0;
    },
    async states(app) {
      const rows = await store.sql<{ key: string; state: string }>(
        "select key, state from keyline.states where app = $1",
        [app],
      );
      return new Map(rows.map(({ key, state }) => [key, state]));
    },
    async overwriteState(app, key, state) {
      await store.sql("update keyline.states set state = $3 where app = $1 and key = $2", [app, key, state]);
    },
    close: () => store.close(),
  };
}
