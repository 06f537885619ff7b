import { isKeylineError } from "@keyline/runtime";
import { type CheckResult, ok, skipped, todo } from "./check-result.js";

/** Whether the store answers, and is at this version. Looks and changes nothing. */
export async function checkDatabase(url: string | null): Promise<CheckResult> {
  if (!url) return skipped("doctor-database", "not checked", "pass --database-url or set DATABASE_URL");
  // Only this check needs the client.
  const { createStoreReader } = await import("@keyline/postgres");
  try {
    const store = createStoreReader({ url, maxConnections: 1 });
    try {
      const { found, known } = await store.version();
      if (found === null)
        return todo(
          "doctor-database",
          "answers, but has no store yet",
          "start an app: it creates the tables at its first use",
        );
      if (found === known) return ok("doctor-database", `answers, store at version ${found}`);
      const what =
        found < known
          ? "start an app of this version: it updates the store"
          : "update @keyline/postgres and @keyline/cli";
      return todo("doctor-database", `answers, store at version ${found}, this command knows ${known}`, what);
    } finally {
      await store.close();
    }
  } catch (caught) {
    if (!isKeylineError(caught)) throw caught;
    return todo("doctor-database", caught.message, "check the address, the password and that the server runs");
  }
}
