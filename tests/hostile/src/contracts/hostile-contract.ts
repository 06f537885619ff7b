import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { byteFaultsOf } from "./mutate-bytes.js";
import { mutationsOf } from "./mutate-structure.js";
import { yamlTricks } from "./yaml-tricks.js";

/** A contract as a stranger may write it. */
export interface HostileContract {
  /** For people: what was done to which contract. */
  readonly what: string;
  readonly content: Buffer;
}

/** This file lies two folders below its package in the sources, one in a bundle. */
export const repository = import.meta.dirname.replace(/\/tests\/hostile\/.*$/, "");

/** Contracts that keep every rule or break one: each is small. */
function bases(): readonly (readonly [name: string, text: string])[] {
  const rules = join(repository, "packages/contract/fixtures/rules");
  // Some of them are folders.
  const found = readdirSync(rules, { recursive: true, encoding: "utf8" }).filter((path) =>
    /^[^/]+\/(good|bad)\.yaml$/.test(path),
  );
  const named = [...found.sort(), "../../../../asyncapi.yaml"];
  return named.map((name) => [name, readFileSync(join(rules, name), "utf8")] as const);
}

/** Any hostile contract. */
export function hostileContracts(): fc.Arbitrary<HostileContract> {
  return fc
    .constantFrom(...bases())
    .chain(([name, text]) =>
      fc
        .oneof(
          { weight: 3, arbitrary: byteFaultsOf(text) },
          { weight: 6, arbitrary: mutationsOf(text) },
          { weight: 2, arbitrary: yamlTricks(text) },
        )
        .map(({ what, content }) => ({ what: `${name}: ${what}`, content: Buffer.from(content as string) })),
    );
}

/** So many hostile contracts, the same for a seed. */
export const drawContracts = (seed: number, count: number): readonly HostileContract[] =>
  fc.sample(hostileContracts(), { seed, numRuns: count });
