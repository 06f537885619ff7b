export { migrateOutbox, outboxSql } from "./table/migrations.js";
export {
  createOutbox,
  type Outbox,
  type OutboxOptions,
  type OutboxWriter,
  type Written,
} from "./write/create-outbox.js";
export type { Execute } from "./write/execute.js";
