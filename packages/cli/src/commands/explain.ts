import { readFile } from "node:fs/promises";
import { rules } from "@keyline/contract";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { nearest } from "../report/nearest.js";

/** Where the rules' pages lie: in the built package, and in the repository. */
const folders = [new URL("./rules/", import.meta.url), new URL("../../../docs/rules/", import.meta.url)];

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
  const known = await knownRules();
  const rule = known.find((one) => one.id === wanted);
  if (!rule) return unknown(wanted, known, io);
  io.out((await readPage(rule.id)) ?? `# ${rule.id}\n\n${rule.title}.\n`);
  return exitCodes.clean;
}

/** Rules of generation, beside the contract's own. */
const generatorRules = [
  {
    id: "schema-unsupported",
    title: "Code is generated only from schemas whose every keyword it can hold values against: JSON Schema draft 7",
  },
];

interface KnownRule {
  readonly id: string;
  readonly title: string;
}

/** The rules of every command that prints one. */
async function knownRules(): Promise<readonly KnownRule[]> {
  // What compares contracts is loaded by few commands.
  const { diffRules } = await import("@keyline/contract/diff");
  return [...rules, ...generatorRules, ...diffRules];
}

function unknown(id: string, known: readonly KnownRule[], io: Io): number {
  const ids = known.map((rule) => rule.id);
  const guess = nearest(id, ids);
  io.log(
    `error: unknown rule '${id}'\n${guess === null ? "" : `(Did you mean ${guess}?)\n`}Rules: ${ids.join(", ")}\n`,
  );
  return exitCodes.usage;
}
