/** Keys in one transaction at most: the server has room for so many locks of all transactions together. */
export const mostKeys = 1000;

/** What the function returns in the place of a number where the transaction has as many keys as it may have. */
export const noRoom = "0";

export const writeFunction = (schema: string): string => `${schema}.outbox_write`;

/** What of a transaction's keys is noted, in a setting that ends with the transaction and goes back with a savepoint. */
const setting = "keyline.outbox_keys";

/**
 * Writes a row and returns its number; null, and nothing is written, where the transaction had no id before: a statement that is a
 * transaction of its own never has one. The lock waits until no other open transaction has written an event of the key, and ends
 * with the transaction: so row numbers of a key follow its commits. In the database, which keeps the plans of its statements.
 */
export const createWriteFunction = (schema: string): string =>
  `create function ${writeFunction(schema)}(slot smallint, hash bigint, domain text, key text, event text)
    returns bigint language plpgsql as $$
    declare
      keys text := coalesce(current_setting('${setting}', true), '');
      mark text := lpad(to_hex(hash), 16, '0') || ',';
      number bigint;
    begin
      if pg_current_xact_id_if_assigned() is null then
        perform pg_current_xact_id();
        return null;
      end if;
      if domain is not null then
        if position(mark in keys) = 0 then
          if length(keys) >= ${mostKeys} * length(mark) then return ${noRoom}; end if;
          perform set_config('${setting}', keys || mark, true);
        end if;
        perform pg_advisory_xact_lock(hash);
      end if;
      number := nextval('${schema}.outbox_numbers');
      insert into ${schema}.outbox_events (id, slot, key_hash, domain, key, event)
      values (number, slot, hash, domain, key, event);
      return number;
    end $$`;
