import { rules } from "@keyline/contract";
import { errorCodes } from "@keyline/runtime";
import { doctorChecks } from "../doctor/check-result.js";
import { traceMarks } from "../trace/history.js";

/** Where an id's page lies under docs/. */
export interface Explained {
  readonly id: string;
  readonly folder: "rules" | "errors" | "checks" | "findings";
}

/** Which command prints the ids of a folder. */
export const printedBy: Readonly<Record<Explained["folder"], string>> = {
  rules: "keyline check",
  errors: "the SDK",
  checks: "keyline doctor or keyline trace",
  findings: "keyline audit",
};

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
  ];
}
