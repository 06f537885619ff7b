import { readFile } from "node:fs/promises";
import { rules } from "@keyline/contract";
import { clusterKinds, recordKinds } from "@keyline/proof";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { nearest } from "../report/nearest.js";

/** Where the rules' pages lie: in the built package, and in the repository. */
const folders = ["rules", "findings"].flatMap((name) => [
  new URL(`./${name}/`, import.meta.url),
  new URL(`../../../docs/${name}/`, import.meta.url),
]);

async function readPage(id: string): Promise<string | null> {
  for (const folder of folders) {
    const page = await readFile(new URL(`${id}.md`, folder), "utf8").catch(() => null);
    if (page !== null) return page;
  }
  return null;
}

/** Prints what a rule is about. */
export async function explain(id: string, io: Io): Promise<number> {
  const wanted = id.startsWith("asyncapi/") ? "asyncapi" : id;
  const rule = rules.find((one) => one.id === wanted) ?? otherRules.find((one) => one.id === wanted);
  if (!rule) return unknown(wanted, io);
  io.out((await readPage(rule.id)) ?? `# ${rule.id}\n\n${rule.title}.\n`);
  return exitCodes.clean;
}

/** Rules of generation and findings on a cluster, beside the contract's own rules. */
const otherRules = [
  ...Object.entries({ ...recordKinds, ...clusterKinds }).map(([id, { title }]) => ({ id, title })),
  {
    id: "schema-unsupported",
    title: "Code is generated only from schemas whose every keyword it can hold values against: JSON Schema draft 7",
  },
];

function unknown(id: string, io: Io): number {
  const ids = [...rules, ...otherRules].map((rule) => rule.id);
  const guess = nearest(id, ids);
  io.log(
    `error: unknown rule '${id}'\n${guess === null ? "" : `(Did you mean ${guess}?)\n`}Rules: ${ids.join(", ")}\n`,
  );
  return exitCodes.usage;
}
