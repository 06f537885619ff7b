import { type GeneratedFile, generate } from "@keyline/codegen";
import { type Contract, formatDiagnostic, parseContract } from "@keyline/contract";

const loaded = new Map<string, Promise<Contract>>();

/** A contract from its text, loaded once; throws with the findings where it has errors. */
export function contractOf(yaml: string): Promise<Contract> {
  const known = loaded.get(yaml) ?? load(yaml);
  loaded.set(yaml, known);
  return known;
}

async function load(yaml: string): Promise<Contract> {
  const { contract, diagnostics } = await parseContract(yaml, { file: "contract.yaml" });
  if (contract === null) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return contract;
}

/** What a contract generates; throws with the findings where it is refused. */
export function filesOf(contract: Contract, scope: string): readonly GeneratedFile[] {
  const { files, diagnostics } = generate(contract, { scope });
  if (diagnostics.length > 0) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return files;
}

/** What a contract's text generates. */
export async function generated(yaml: string, scope: string): Promise<readonly GeneratedFile[]> {
  return filesOf(await contractOf(yaml), scope);
}
