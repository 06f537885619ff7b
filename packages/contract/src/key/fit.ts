import { encodeToken } from "@keyline/json-schema";
import { checkDomain } from "../checks/domain.js";
import type { ContractDomain, Diagnostic } from "../contract.js";
import { createReporter } from "../diagnostics/reporter.js";
import type { ReadChannel } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import type { DeclaredDomain } from "../model/ordering.js";
import type { MapNode } from "../source/tree.js";

/** A runtime expression that leads to a field of the payload. */
export const expressionOf = (path: readonly string[]): string => `$message.payload#/${path.map(encodeToken).join("/")}`;

/**
 * A domain of one channel alone, named by it: nothing is said of other topics, their order and their partitions.
 * The partitioner is that of Kafka's own clients.
 */
export const domainAlone = (name: string, keyPath: readonly string[], node: MapNode): DeclaredDomain => ({
  name,
  partitioner: "murmur2",
  keyExpression: expressionOf(keyPath),
  keyPath,
  maxKeyBytes: null,
  node,
});

/** What checking a domain comes to, without reporting it. */
export interface Trial {
  readonly domain: ContractDomain;
  /** What makes it impossible; null where it can be. */
  readonly problem: Diagnostic | null;
  readonly diagnostics: readonly Diagnostic[];
}

export const tryDomain = (reading: Reading, domain: DeclaredDomain, channels: readonly ReadChannel[]): Trial => {
  const reporter = createReporter();
  const checked = checkDomain({ ...reading, reporter }, domain, channels);
  const diagnostics = reporter.sorted(reading.files.main.name);
  return { domain: checked, diagnostics, problem: diagnostics.find(({ severity }) => severity === "error") ?? null };
};
