import { formatRedelivery } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { expect } from "vitest";
import type { RawRecord } from "../harness.js";
import { headerOf, until, type World } from "./world.js";

/** The topic's dead letters, once there are so many. */
export async function lettersOf(world: World, topic: string, count = 1): Promise<readonly ConsumerRecord[]> {
  const read = () => world.cluster.readAll(`${topic}.dlq`);
  await until(async () => expect(await read()).toHaveLength(count));
  return read();
}

/** A dead letter as a tool sends it again. */
export function redelivered(letter: ConsumerRecord, group = headerOf(letter, "keyline-error-group") ?? ""): RawRecord {
  const source = {
    topic: headerOf(letter, "keyline-error-topic") ?? "",
    partition: Number(headerOf(letter, "keyline-error-partition")),
    offset: Number(headerOf(letter, "keyline-error-offset")),
  };
  const { topic, partition, offset, key, value } = letter;
  const text = formatRedelivery({ group, source, letter: { topic, partition, offset }, isById: false });
  const kept = letter.headers.filter(([name]) => !/^keyline-(seq$|error-|redelivery$)/.test(name));
  return {
    ...{ topic: source.topic, partition: source.partition, key, value },
    headers: [...kept, ["keyline-redelivery", Buffer.from(text)]],
  };
}
