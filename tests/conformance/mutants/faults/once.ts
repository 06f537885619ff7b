import type { Fault } from "../mutant.ts";

const onPglite = "tests/conformance/test/pglite-p8.test.ts";
const onPostgres = "tests/conformance/test/once.test.ts";
const table = "packages/store-postgres/test/postgres.test.ts";
const once = "packages/runtime/src/handler/once.ts";
const sql = "packages/store-postgres/src/once/sql.ts";
const onceTable = "packages/store-postgres/src/once/once-table.ts";

/** What would let an effect of a handler happen twice, or not at all. */
export const onceFaults: readonly Fault[] = [
  {
    fault: "a part runs although it has run",
    test: { file: onPostgres, title: "a zombie that wakes after the new owner has committed changes nothing" },
    broughtBack: {
      file: once,
      from: "if (!(await table.note(execute, groupId, nameOf(item, eventId, consumer)))) return false;",
      to: "await table.note(execute, groupId, nameOf(item, eventId, consumer));",
    },
  },
  {
    fault: "an event without an id is known by the place of its copy",
    test: { file: onPglite, title: "an event without an id is known by its place" },
    broughtBack: { file: once, from: "redelivery?.source ?? record;", to: "record;" },
  },
  {
    fault: "an id suppresses an event of another topic",
    test: { file: onPglite, title: "one id on two topics is two events" },
    broughtBack: { file: once, from: "const { topic } = record;", to: "const topic = 'any';" },
  },
  {
    fault: "a long id breaks an index",
    test: { file: onPglite, title: "an id that no index takes names an event, too" },
    broughtBack: { file: once, from: "Buffer.byteLength(eventId) <= longestId", to: "eventId !== null" },
  },
  {
    fault: "what commits by itself is noted before it is refused",
    test: { file: table, title: "statements that commit by themselves are refused, and note nothing" },
    broughtBack: { file: sql, from: "from own where same", to: "from own" },
  },
  {
    fault: "a pool passes for a transaction",
    test: { file: table, title: "a pool is refused also while another connection has a transaction open" },
    broughtBack: {
      file: onceTable,
      from: "if (!done?.same) throw notInTransaction(doing);",
      to: "if (!done) throw notInTransaction(doing);",
    },
  },
  {
    fault: "what is removed is locked until the transaction ends",
    test: { file: table, title: "a transaction does not wait for another one that removes the same rows" },
    broughtBack: { file: sql, from: "for update skip locked", to: "for update" },
  },
  {
    fault: "each call removes as much as it finds",
    test: { file: table, title: "rows go by age alone" },
    broughtBack: {
      file: onceTable,
      from: "const removeAtMost = 2 * removeEvery;",
      to: "const removeAtMost = 1_000_000;",
    },
  },
];
