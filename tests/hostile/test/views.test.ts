import { openStore } from "@student-events/platform";
import { createProgressView } from "@student-events/progress";
import { createStruggleView } from "@student-events/struggle";
import { expect, it } from "vitest";

/** A row as the store has it of a key under which everything was refused. */
const refusedUnder = (app: string, key: string) =>
  `insert into keyline.states (app, domain, key, lane, version, state, meta)
   values ('${app}', 'students', '${key}', 0, 1, 'null', '{}')`;

it.each([
  ["progress_rows", "progress", createProgressView],
  ["struggle_alerts", "struggle", createStruggleView],
] as const)("%s can be read whatever keys were refused", async (view, app, create) => {
  const store = await openStore();
  await create(store);
  for (const key of ["no number", "", "-1", "1e3", "9".repeat(400), "\uE000\\u0000"]) {
    await store.sql(refusedUnder(app, key));
  }
  // The database looks at every key before it finds that most have no state.
  expect(await store.sql(`select * from ${view} where student_id = 7`)).toEqual([]);
  await store.close();
});
