import type { ContractSource } from "@keyline/contract/source";
import { isObject, type Json } from "@keyline/json-schema";
import type { PayloadVersion } from "./payloads.js";
import { type Comparer, createComparer } from "./schema/contains.js";
import { contractStep, goneNames, nextVersion, stepsOf } from "./steps.js";
import { compareChannels, pairChannels } from "./structure/channels.js";
import { type Comparing, createFoundChanges } from "./structure/context.js";
import { compareAllDocumentation } from "./structure/documentation.js";
import { compareDomains, renamedDomains } from "./structure/domains.js";
import { compareMessages } from "./structure/messages.js";
import { setOpaqueApart } from "./structure/opaque.js";
import { compareOperations } from "./structure/operations.js";
import { comparePartitions } from "./structure/partitions.js";
import type { Comparison } from "./types.js";

/**
 * Compares two versions of a contract. Old events stay on their topics, and producers and consumers are not upgraded
 * together. Each change is reported once, at its definition, with its consequences.
 */
export const compareContracts = (before: ContractSource, after: ContractSource): Comparison => {
  const foundChanges = createFoundChanges(after.contract.file);
  const apart = setOpaqueApart(before, after);
  const pairs = pairChannels(apart.before.contract, apart.after.contract);
  const comparing: Comparing = { before: apart.before, after: apart.after, pairs, foundChanges };
  const renamed = renamedDomains(comparing);
  compareDomains(comparing, renamed);
  compareChannels(comparing, renamed);
  comparePartitions(comparing);
  compareOperations(comparing);
  compareAllDocumentation(comparing);
  apart.compareOpaque(foundChanges);
  const comparer = createComparer({ hints: textsIn([before, after]) });
  const payloads = { comparer, versions: [versionOf(comparer, before), versionOf(comparer, after)] as const };
  for (const pair of comparing.pairs) compareMessages(comparing, payloads, pair);
  const changes = foundChanges.changes();
  const steps = stepsOf(foundChanges.steps(), before.contract, after.contract);
  const versions = { before: before.contract.version, after: after.contract.version };
  const needed = nextVersion(versions.before, contractStep(changes, steps));
  const gone = goneNames(before.contract, after.contract);
  return { changes, steps, goneNames: gone, versions: { ...versions, needed } };
};

const versionOf = (comparer: Comparer, { contract, placeOfSchema }: ContractSource): PayloadVersion => {
  const byName = new Map(contract.schemas.map(({ name, schema }) => [name, schema]));
  return {
    schemas: contract.schemas,
    resolve: (name) => byName.get(name),
    side: comparer.side(contract.schemas),
    placeOf: placeOfSchema,
  };
};

/** Texts that are tried as values; more would not help. */
const maxHints = 300;

/** Texts in the messages' examples. */
const textsIn = (sources: readonly ContractSource[]): readonly string[] => {
  const found = new Set<string>();
  const visit = (value: Json | undefined): void => {
    if (typeof value === "string" && value.length < 200) found.add(value);
    else if (Array.isArray(value)) for (const item of value) visit(item);
    else if (isObject(value)) for (const inner of Object.values(value)) visit(inner);
  };
  for (const { contract } of sources)
    for (const { messages } of contract.channels)
      for (const { examples } of messages) for (const { payload } of examples) visit(payload);
  return [...found].slice(0, maxHints);
};
