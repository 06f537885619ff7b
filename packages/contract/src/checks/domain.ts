import type { ContractDomain, Position } from "../contract.js";
import type { ReadChannel } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import type { DeclaredDomain } from "../model/ordering.js";
import { entry } from "../source/tree.js";
import { checkKey } from "./key.js";
import { checkKeySchemas } from "./key-schema.js";

const partitionsPosition = ({ kafka, channel }: ReadChannel): Position =>
  entry(kafka, "partitions")?.position ?? channel.position;

/** The count that most channels of the domain have; the first of those where it is a draw. */
const usualCount = (channels: readonly ReadChannel[]): number | null => {
  const counts = new Map<number, number>();
  for (const { channel } of channels) {
    if (channel.partitions !== null) counts.set(channel.partitions, (counts.get(channel.partitions) ?? 0) + 1);
  }
  return [...counts].reduce<readonly [number | null, number]>(
    (best, one) => (one[1] > best[1] ? one : best),
    [null, 0],
  )[0];
};

const checkPartitions = (reading: Reading, domain: DeclaredDomain, channels: readonly ReadChannel[]): number | null => {
  const usual = usualCount(channels);
  for (const one of channels) {
    const { id, partitions } = one.channel;
    if (usual === null || partitions === usual) continue;
    const found = partitions === null ? "states no partition count" : `has ${partitions} partitions`;
    reading.reporter.report("partitions-equal", partitionsPosition(one), {
      message: `channel ${id} ${found}, other channels of domain ${domain.name} have ${usual}`,
      fix: `set partitions: ${usual} in its Kafka binding: only then do all topics hold a key in the same lane`,
    });
  }
  return usual;
};

/** Checks that the topics of a domain have fixed addresses. */
export const checkAddresses = (reading: Reading, domain: DeclaredDomain, channels: readonly ReadChannel[]) => {
  for (const { channel } of channels) {
    if (channel.address === null || !/\{[^}]*\}/.test(channel.address)) continue;
    reading.reporter.report("address-parameters", channel.position, {
      message: `channel ${channel.id} of domain ${domain.name} has parameters in its address ${channel.address}`,
      fix: "give it a fixed address, or take it out of the domain by x-ordering: none",
    });
  }
};

/** Checks a domain over its channels. Null where it has no message to tell the type of its key. */
export const checkDomain = (
  reading: Reading,
  domain: DeclaredDomain,
  channels: readonly ReadChannel[],
): ContractDomain => {
  checkAddresses(reading, domain, channels);
  const partitions = checkPartitions(reading, domain, channels);
  const messages = channels.flatMap((channel) => channel.messages);
  const keyType = checkKey(reading, domain, messages) ?? "string";
  checkKeySchemas(reading, domain, keyType, messages);
  const { name, partitioner, keyExpression, keyPath, maxKeyBytes, node } = domain;
  const ids = channels.map(({ channel }) => channel.id);
  const key = { keyExpression, keyPath, keyType, maxKeyBytes };
  return { name, partitioner, ...key, partitions, channels: ids, position: node.label };
};
