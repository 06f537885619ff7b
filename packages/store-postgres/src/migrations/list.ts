/**
 * The statements of each version, oldest first. One that was released never changes: what comes later is added.
 * State, and what the runtime stores beside it, is text that holds JSON; `state::json` looks inside.
 */
export const migrations = (schema: string): readonly (readonly string[])[] => [
  [
    `create table ${schema}.lanes (
      app text not null, domain text not null, lane integer not null,
      epoch bigint not null,
      primary key (app, domain, lane)
    )`,
    `create table ${schema}.positions (
      app text not null, domain text not null, lane integer not null,
      topic text not null, partition integer not null,
      next_offset bigint not null, last_offset bigint, last_fingerprint text,
      primary key (app, domain, lane, topic, partition)
    )`,
    `create table ${schema}.states (
      app text not null, domain text not null, key text not null,
      lane integer not null, version bigint not null,
      state text not null, meta text not null, due_at_ms double precision,
      primary key (app, domain, key)
    )`,
    `create index states_due on ${schema}.states (app, domain, lane) where due_at_ms is not null`,
    `create table ${schema}.outbox (
      app text not null, domain text not null, lane integer not null, seq bigint not null,
      key text not null, record text not null,
      primary key (app, domain, lane, seq)
    )`,
    `create table ${schema}.parked (
      app text not null, domain text not null, lane integer not null, seq bigint not null,
      key text not null, topic text not null, partition integer not null, "offset" bigint not null,
      record text not null,
      primary key (app, domain, lane, seq)
    )`,
    `create index parked_key on ${schema}.parked (app, domain, key)`,
  ],
  [
    `create table ${schema}.firings (
      id bigint generated always as identity primary key,
      app text not null, domain text not null, lane integer not null, key text not null,
      fired_at timestamptz not null default now(),
      before_ms double precision not null, timers text not null, below text not null
    )`,
    `create table ${schema}.commands (
      id bigint generated always as identity primary key,
      app text not null, domain text not null, lane integer not null, key text not null,
      action text not null, asked_by text not null, asked_at timestamptz not null default now(),
      progress integer not null default 0, done_at timestamptz, result text
    )`,
    `create index commands_open on ${schema}.commands (app, domain, lane, id) where done_at is null`,
    `create index firings_key on ${schema}.firings (app, domain, key, id)`,
  ],
];
