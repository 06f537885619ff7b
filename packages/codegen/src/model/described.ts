import type { Contract, ContractChannel, ContractMessage } from "@keyline/contract";
import { planNames } from "../names/plan.js";
import { type Envelope, envelopeOf } from "./envelope.js";
import { createSchemaGraph } from "./schema-graph.js";

/** A message of a topic, as its generated descriptor says it. */
export interface DescribedMessage extends Envelope {
  /** What SDK users write. */
  readonly name: string;
  readonly message: ContractMessage;
  /** Where the key lies in the payload; null for an unkeyed topic. */
  readonly key: readonly string[] | null;
}

/** A topic, as its generated descriptor says it. */
export interface DescribedTopic {
  /** What SDK users write. */
  readonly name: string;
  readonly channel: ContractChannel;
  readonly messages: readonly DescribedMessage[];
}

/** What the generated descriptors of a contract say, as data: for tools that read a contract without generating code. */
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
