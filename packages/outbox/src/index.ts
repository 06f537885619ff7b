export type { Execute } from "@keyline/runtime/store";
export { migrateOutbox, outboxSql } from "./table/migrations.js";
export {
  createOutbox,
  type Outbox,
  type OutboxOptions,
  type OutboxWriter,
  type Written,
} from "./write/create-outbox.js";
