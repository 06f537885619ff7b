import type { Contract } from "@keyline/contract";
import { nearest } from "@keyline/json-schema";
import type { Topics } from "@keyline/runtime";
import type { DomainDescriptor } from "@keyline/runtime/tools";
import { CommandError } from "./outcome.js";

/**
 * Refuses a name that is not known, with the nearest of those that are; `otherwise` is said where none is near.
 * `lack` is e.g. "the contract has no topic".
 */
export function checkKnown(
  lack: string,
  name: string,
  known: readonly string[],
  otherwise = `it has ${known.join(", ") || "none"}`,
): void {
  if (known.includes(name)) return;
  const guess = nearest(name, known);
  const hint = guess === null ? `: ${otherwise}` : `\nDid you mean ${guess}?`;
  throw new CommandError("usage", `${lack} ${JSON.stringify(name)}${hint}`);
}

/** Topics that the contract names, and whose records cannot be read by it, each with the reason. */
export const opaqueTopics = ({ opaque }: Contract): readonly { readonly topic: string; readonly reason: string }[] =>
  opaque.flatMap(({ address, parameters, reason }) =>
    address === null || parameters.length > 0 ? [] : [{ topic: address, reason }],
  );

/** Refuses topics that the contract has and that cannot be generated, with the reason. */
export function refuseOpaque(names: readonly string[], contract: Contract): void {
  for (const { topic, reason } of opaqueTopics(contract))
    if (names.includes(topic)) throw new CommandError("usage", `the records of ${topic} cannot be read: ${reason}`);
}

/** The ordering domain of that name, or the only one. */
export function domainOf(topics: Topics, name: string | undefined): DomainDescriptor {
  const domains = new Map(
    Object.values(topics).flatMap(({ domain }) => (domain ? [[domain.name, domain] as const] : [])),
  );
  const names = [...domains.keys()];
  const refuse = (reason: string): never => {
    throw new CommandError("usage", reason);
  };
  if (names.length === 0) return refuse("the contract has no ordering domain: none of its topics is keyed");
  if (name === undefined && names.length > 1)
    return refuse(`the contract has the domains ${names.join(", ")}: pass --domain`);
  if (name !== undefined) checkKnown("the contract has no domain", name, names);
  return domains.get(name ?? names[0] ?? "") as DomainDescriptor;
}
