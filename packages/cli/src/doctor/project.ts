import { resolve } from "node:path";
import { compareOutput, generateFromFile } from "@keyline/codegen";
import type { LoadOptions } from "@keyline/contract";
import type { WithContract } from "../command/needs.js";
import { installText, missingDependencies, missingText } from "../generate/dependencies.js";
import { type CodePlace, optionsOf } from "../generate/place.js";
import { counted } from "../report/counted.js";
import { summarize, summaryText } from "../report/diagnostics.js";
import { sizeText } from "../report/size.js";
import { type CheckResult, ok, some, todo } from "./check-result.js";

const needed = [22, 18] as const;

/** Whether this Node runs Keyline. */
export function checkNode(version: string): CheckResult {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > needed[0] || (major === needed[0] && minor >= needed[1]);
  return isNew
    ? ok("doctor-node", version)
    : todo("doctor-node", `${version} is too old`, `install Node ${needed.join(".")} or later`);
}

/** Where a project has its contract and its generated code. */
export interface ProjectPlace extends CodePlace {
  /** Whether a channel that cannot be generated is an error. */
  readonly strict: boolean;
  /** The command that generates it. */
  readonly generate: string;
}

/** Whether the contract can be used. The contract itself is null where it cannot. */
export async function checkContract({ contract: file, strict }: ProjectPlace, load: WithContract["load"]) {
  const { contract, diagnostics } = await load({ strict });
  const summary = summaryText(summarize(diagnostics));
  return {
    contract,
    result: contract
      ? ok("doctor-contract", `${file}: ${sizeText(contract)}, ${summary}`)
      : todo("doctor-contract", `${file}: ${summary}`, `run keyline check ${file}${strict ? " --strict" : ""}`),
  };
}

/** Whether the generated code is as the contract says. */
export async function checkGenerated(place: ProjectPlace, loadOptions: LoadOptions, cwd: string): Promise<CheckResult> {
  const { contract, out, generate } = place;
  const result = await generateFromFile(contract, { ...loadOptions, ...optionsOf(place) });
  if (result.files.length === 0) {
    return todo("doctor-generated", `nothing can be generated from ${contract}`, `run keyline check ${contract}`);
  }
  const differences = await compareOutput(resolve(cwd, out), result);
  if (differences.length === 0) return checkDependencies(place, result.files.length, cwd);
  const names = some(differences.map(({ path }) => path));
  return todo(
    "doctor-generated",
    `${counted(differences.length, "file")} ${differences.length === 1 ? "differs" : "differ"} in ${out}: ${names}`,
    `run ${generate}`,
  );
}

/** Whether code that is as the contract says can be compiled: packages name what they need themselves. */
async function checkDependencies(place: ProjectPlace, files: number, cwd: string): Promise<CheckResult> {
  const { out } = place;
  const missing = await missingDependencies(place, cwd);
  if (missing.length === 0) return ok("doctor-generated", `${counted(files, "file")} in ${out}`);
  return todo("doctor-generated", missingText(missing, out), `run ${installText(missing)}`);
}
