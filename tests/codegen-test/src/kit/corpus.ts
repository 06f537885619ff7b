import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type GeneratedFile, generateFromFile } from "@keyline/codegen";
import { type Contract, type Diagnostic, formatDiagnostic, loadContract } from "@keyline/contract";

/** What is wanted of a document: all of it becomes code, some of it, none, or it is refused. */
export type Outcome = "works" | "partly" | "nothing" | "refused";

/** A document of the corpus, with all that came of it. */
export interface Tried {
  readonly name: string;
  /** As its second line says. */
  readonly wanted: string;
  readonly outcome: Outcome;
  readonly contract: Contract | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly GeneratedFile[];
}

const folder = fileURLToPath(new URL("../../fixtures/corpus/", import.meta.url));

/** The names of all documents: each is a folder with a file `asyncapi.yaml` or `asyncapi.json`. */
export const corpus: readonly string[] = readdirSync(folder).sort();

/** The path of a document. */
export function fileOf(name: string): string {
  const file = readdirSync(`${folder}${name}`).find((one) => one.startsWith("asyncapi."));
  return `${folder}${name}/${file}`;
}

/** The npm scope under which a document is generated. */
export const scopeOf = (name: string): string => `@${name}`;

const outcomeOf = (contract: Contract | null): Outcome => {
  if (contract === null) return "refused";
  if (contract.channels.length === 0) return "nothing";
  return contract.opaque.length === 0 ? "works" : "partly";
};

/** Reads, checks and generates a document of the corpus. */
export async function attempt(name: string): Promise<Tried> {
  const file = fileOf(name);
  const [, wanted = "none is stated"] = /Wanted: (\w+)/.exec(readFileSync(file, "utf8")) ?? [];
  const { contract } = await loadContract(file);
  const { files, diagnostics } = await generateFromFile(file, { scope: scopeOf(name) });
  return { name, wanted, outcome: outcomeOf(contract), contract, diagnostics, files };
}

/** What came of a document, as text to be reviewed. */
export function describe({ outcome, contract, diagnostics }: Tried): string {
  const topics = (contract?.channels ?? []).map(
    ({ address, domain, messages }) =>
      `topic ${address}: ${messages.map(({ name }) => name).join(", ")}${domain === null ? "" : `, in order of ${domain}`}`,
  );
  const leftOut = (contract?.opaque ?? []).map(({ address, reason }) => `left out ${address}: ${reason}`);
  const operations = (contract?.operations ?? []).map(
    ({ id, action, channel, groupId }) => `${id} ${action}s ${channel}${groupId === null ? "" : ` as ${groupId}`}`,
  );
  const findings = diagnostics.map((one) => formatDiagnostic(one).replaceAll(folder, ""));
  return [outcome, ...topics, ...leftOut, ...operations, ...findings, ""].join("\n");
}
