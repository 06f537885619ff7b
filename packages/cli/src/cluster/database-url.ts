import type { Io } from "../io.js";

/** The store that `--database-url` names, else the environment; undefined where neither does. */
export const databaseUrlOf = (given: string | undefined, { environment }: Pick<Io, "environment">) =>
  given ?? (environment.DATABASE_URL || undefined);

/** What is wrong with that URL, by the name of what gave it, never with its password; null where nothing is. */
export function databaseUrlProblem(given: string | undefined, io: Pick<Io, "environment">): string | null {
  const url = databaseUrlOf(given, io);
  if (url === undefined || (URL.canParse(url) && /^(postgres|postgresql|socket):/.test(url))) return null;
  const name = given === undefined ? "DATABASE_URL" : "--database-url";
  return `${name} is no URL of a PostgreSQL: pass postgres://user@host:port/database`;
}
