import { invalid, option } from "../command/parameters.js";

/** The schema that holds an outbox's tables. */
export const schemaOption = option(
  "--schema <name>",
  "the database schema of the outbox's tables (default: keyline)",
  (text) =>
    /^[a-z_][a-z0-9_]{0,62}$/.test(text)
      ? text
      : invalid("Not a plain name of a schema: lower-case letters, digits and _."),
);
