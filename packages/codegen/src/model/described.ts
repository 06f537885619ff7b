import type { Contract, ContractChannel, ContractMessage } from "@keyline/contract";
import { planNames } from "../names/plan.js";
import { type Envelope, envelopeOf } from "./envelope.js";
import { createSchemaGraph } from "./schema-graph.js";

/** A message of a topic, as in its generated descriptor. */
export interface DescribedMessage extends Envelope {
  /** The name in code. */
  readonly name: string;
  readonly message: ContractMessage;
  /** The place of the key in the payload; null for a topic without a key. */
  readonly key: readonly string[] | null;
}

/** A topic, as in its generated descriptor. */
export interface DescribedTopic {
  /** The name in code. */
  readonly name: string;
  readonly channel: ContractChannel;
  readonly messages: readonly DescribedMessage[];
}

/**
 * The content of a contract's generated descriptors as data, for tools that read a contract without generating code.
 */
export function describeTopics(contract: Contract): readonly DescribedTopic[] {
  const { resolve } = createSchemaGraph(contract);
  return planNames(contract).topics.map(({ name, channel, messages }) => ({
    name,
    channel,
    messages: messages.map((one) => ({
      ...envelopeOf(one.message, resolve),
      name: one.name,
      message: one.message.message,
      key: one.message.keyPath,
    })),
  }));
}
