import { CommandError } from "../command/outcome.js";
import type { Io } from "../io.js";

/**
 * The store that `--database-url` names, else the environment; null where neither does. Throws where it is not valid, with
 * the name of the option or variable, never with the password.
 */
export function databaseUrlOf(given: string | undefined, { environment }: Pick<Io, "environment">): string | null {
  const url = given ?? (environment.DATABASE_URL || null);
  if (url === null || (URL.canParse(url) && /^(postgres|postgresql|socket):/.test(url))) return url;
  const name = given === undefined ? "DATABASE_URL" : "--database-url";
  throw new CommandError("usage", `${name} is not a valid PostgreSQL URL: pass postgres://user@host:port/database`);
}
