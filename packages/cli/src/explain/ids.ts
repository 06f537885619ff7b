import { rules } from "@keyline/contract";
import { errorCodes } from "@keyline/runtime";
import { doctorChecks } from "../doctor/check-result.js";
import { readPackageFile } from "../package-file.js";
import { traceMarks } from "../trace/history.js";

/** Where an id's page lies under docs/. */
export interface Explained {
  readonly id: string;
  readonly folder: "rules" | "errors" | "checks" | "findings" | "operations";
}

/** Which command prints the ids of a folder. */
export const printedBy: Readonly<Record<Explained["folder"], string>> = {
  rules: "keyline check",
  errors: "the SDK",
  checks: "keyline doctor or keyline trace",
  findings: "keyline audit",
  operations: "Prometheus",
};

/** Error codes are in snake case and other ids in kebab case: those with the same words are about the same. */
export const wordsOf = (id: string): string => id.replaceAll("_", "-");

const inFolder = (folder: Explained["folder"], ids: readonly string[]): readonly Explained[] =>
  [...new Set(ids)].map((id) => ({ id, folder }));

/** Every id that a command prints. What compares contracts and looks at clusters is loaded by few commands. */
export async function explainedIds(): Promise<readonly Explained[]> {
  const { diffRules } = await import("@keyline/contract-diff");
  const { clusterKinds, recordKinds } = await import("@keyline/proof");
  return [
    ...inFolder(
      "rules",
      [...rules, ...diffRules].map(({ id }) => id),
    ),
    ...inFolder("errors", Object.keys(errorCodes)),
    ...inFolder("checks", [...Object.keys(doctorChecks), ...Object.keys(traceMarks)]),
    ...inFolder("findings", Object.keys({ ...recordKinds, ...clusterKinds })),
    ...inFolder("operations", [...(await alertSections()).keys(), runBook]),
  ];
}

/** The page of dead letters and parked keys, step by step. */
const runBook = "failed-events";

/** The page of an id; null where it is missing. */
export async function pageOf({ folder, id }: Explained): Promise<string | null> {
  if (folder === "operations" && id !== runBook) return (await alertSections()).get(id) ?? null;
  return readPackageFile(`docs/${folder}/${id}.md`);
}

/** What the page of alerts says of each. */
async function alertSections(): Promise<ReadonlyMap<string, string>> {
  const page = (await readPackageFile("docs/operations/alerts.md")) ?? "";
  const sections = page.split(/^## /m).slice(1);
  return new Map(sections.map((text) => [text.slice(0, text.indexOf("\n")), `# ${text.trimEnd()}\n`]));
}
