import { type ContractSource, createTimeLimit, outOfTime } from "@keyline/contract/source";
import { CommandError } from "../command/outcome.js";

const limitMs = 60_000;

/**
 * Compares two versions. Throws where that takes too long: values are tried on the patterns of both, and one of a stranger's
 * contract may take exponential time.
 */
export async function compareInTime(before: ContractSource, after: ContractSource, ms = limitMs) {
  // Only `diff` compares: the other commands start without it.
  const { compareContracts } = await import("@keyline/contract-diff");
  const comparison = createTimeLimit(ms)(() => compareContracts(before, after));
  if (comparison !== outOfTime) return comparison;
  throw new CommandError(
    "couldNotRun",
    `the versions cannot be compared within ${ms / 1000} s: keyline check reports patterns that take too long`,
  );
}
