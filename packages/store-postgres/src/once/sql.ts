/** The table that {@link onceTableSql} makes. */
export const tableOf = (schema: string): string => `${schema}.handled`;

/** The statements that make the table, and change nothing where it is there. */
export const migrationOf = (schema: string): string => `-- Keyline: what handlers note with ctx.once.
-- Several processes may run this at once.
select pg_advisory_xact_lock(7305118);
create schema if not exists ${schema};
create table if not exists ${tableOf(schema)} (
  consumer_group text not null,
  event text not null,
  handled_at timestamptz not null default now(),
  primary key (consumer_group, event)
);
create index if not exists handled_age on ${tableOf(schema)} (handled_at);
`;

/** Which transaction it is: another one for each statement where each commits by itself. */
export const transactionQuery = "select pg_current_xact_id()::text as transaction";

/**
 * Notes an event, if the transaction is still the one of $1, and removes so many rows ($5) at most that are older than so long
 * ($4). All parameters are text. The rights to all of it are looked at each time, also where nothing is to be removed.
 */
export const noteQuery = (schema: string): string => `
  with own as (select pg_current_xact_id()::text = $1::text as same),
  noted as (
    insert into ${tableOf(schema)} (consumer_group, event)
    select $2::text, $3::text from own where same
    on conflict do nothing returning 1
  ),
  removed as (
    delete from ${tableOf(schema)} where ctid = any(array(
      select ctid from ${tableOf(schema)}
      where handled_at < now() - $4::text::double precision * interval '1 millisecond'
      order by handled_at limit $5::text::bigint for update skip locked
    ))
  )
  select same, exists (select 1 from noted) as noted from own`;
