export { openPglite, openPostgres } from "@keyline/postgres/database";
export type { Execute } from "@keyline/runtime/store";
export { createRelay } from "./relay/create-relay.js";
export type { Relay, RelayHooks, RelayOptions } from "./relay/types.js";
export { migrateOutbox, outboxSql } from "./table/migrations.js";
export { type OutboxStatus, type ParkedKey, readOutboxStatus } from "./table/status.js";
export {
  createOutbox,
  type Outbox,
  type OutboxOptions,
  type OutboxWriter,
  type Written,
} from "./write/create-outbox.js";
