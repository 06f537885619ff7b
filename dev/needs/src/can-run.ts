import { type Need, type NeedName, needs } from "./needs.ts";

/** What of all that tests need this machine lacks. */
export async function missingNeeds(): Promise<readonly Need[]> {
  const all = Object.values(needs);
  const there = await Promise.all(all.map((need) => need.isThere()));
  return all.filter((_, index) => !there[index]);
}

/** What is missing, and the command that installs it on Debian. */
export const adviceOn = (missing: readonly Need[]): string =>
  `${missing.map(({ what }) => what).join("; ")} (Debian: apt-get install ${missing.flatMap(({ packages }) => packages).join(" ")})`;

/**
 * Whether tests that need something can run: where it is missing they are skipped, and `npm test` says so at its end. With
 * CI=true this throws: there a test that did not run counts as one that failed.
 */
export async function canRun(name: NeedName): Promise<boolean> {
  const need: Need = needs[name];
  if (await need.isThere()) return true;
  if (process.env.CI === "true") throw new Error(`missing: ${adviceOn([need])}`);
  return false;
}
