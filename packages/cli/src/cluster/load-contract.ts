import { type Contract, loadContract } from "@keyline/contract";
import type { Io } from "../io.js";
import { inDirectory } from "../paths.js";
import { diagnosticsText } from "../report/diagnostics.js";

/** The contract, if it has no errors; null, with the errors on the log, where it has. */
export async function contractOf(file: string, io: Io): Promise<Contract | null> {
  const { contract, diagnostics } = await loadContract(file, inDirectory(io.cwd));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (contract !== null && errors.length === 0) return contract;
  io.log(`${await diagnosticsText(errors, io)}\n`);
  return null;
}
