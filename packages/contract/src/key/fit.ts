import { encodeToken } from "@keyline/json-schema";
import { checkAddresses } from "../checks/domain.js";
import { checkKey } from "../checks/key.js";
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

/** What a domain of one channel comes to, without a report. */
export interface Trial {
  readonly keyType: ContractDomain["keyType"];
  /** What makes it impossible; null where it can be. */
  readonly problem: Diagnostic | null;
}

export const tryDomain = (reading: Reading, domain: DeclaredDomain, channel: ReadChannel): Trial => {
  const reporter = createReporter();
  const silent = { ...reading, reporter };
  checkAddresses(silent, domain, [channel]);
  const keyType = checkKey(silent, domain, channel.messages) ?? "string";
  const found = reporter.sorted(reading.files.main.name);
  return { keyType, problem: found.find(({ severity }) => severity === "error") ?? null };
};
