import type { Contract, ContractDomain, JsonSchema } from "@keyline/contract";
import type { DomainDescriptor, MessageDescriptor, TopicDescriptor, Topics } from "@keyline/runtime";
import { descriptorFormat } from "./emit/format.js";
import { envelopeOf } from "./model/envelope.js";
import { createSchemaGraph } from "./model/schema-graph.js";
import { type MessageNames, planNames } from "./names/plan.js";

/** Makes the schema of a payload that descriptors carry. References in it have the form `#/schemas/<name>`. */
export type SchemaOf = (payload: JsonSchema) => MessageDescriptor["schema"];

/**
 * A contract's topics as the generated code has them, without generating it: for tools that read any contract's records.
 * They are for reading alone: what a producer fills in and refuses is left out.
 */
export function describeTopics(contract: Contract, schemaOf: SchemaOf): Topics {
  const { resolve } = createSchemaGraph(contract);
  const domains = new Map(contract.domains.map((domain) => [domain.name, describeDomain(domain, contract)]));
  const describeMessage = (names: MessageNames): MessageDescriptor => {
    const { id, type, time, correlation } = envelopeOf(names, resolve);
    const { message, keyPath } = names;
    return {
      ...{ kind: "message", format: descriptorFormat, name: message.name, schema: schemaOf(message.payload) },
      ...{ declared: true, key: keyPath, fill: [], id, type, time, correlation },
    };
  };
  const topics = planNames(contract).topics.map(({ channel, name, messages }): [string, TopicDescriptor] => [
    name,
    {
      ...{ kind: "topic", format: descriptorFormat, name, address: channel.address },
      parameters: channel.parameters.map((parameter) => parameter.name),
      domain: channel.domain === null ? null : (domains.get(channel.domain) ?? null),
      ...{ partitions: channel.partitions, wire: channel.wire },
      messages: Object.fromEntries(messages.map((one) => [one.name, describeMessage(one.message)])),
    },
  ]);
  return Object.fromEntries(topics);
}

function describeDomain(domain: ContractDomain, { channels }: Contract): DomainDescriptor {
  const { name, partitioner, keyType, partitions } = domain;
  const topics = channels.filter((channel) => channel.domain === name).map(({ address }) => address);
  return { kind: "domain", name, partitioner, keyType, partitions, topics };
}
