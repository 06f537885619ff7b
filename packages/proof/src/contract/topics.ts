import { type DescribedMessage, type DescribedTopic, describeTopics } from "@keyline/codegen";
import { type Contract, type ContractDomain, createValidator, type Validator } from "@keyline/contract";
import { parsePointer, stepsInto } from "@keyline/json-schema";
import type { TopicDescriptor, Topics } from "@keyline/runtime";
import type { DomainDescriptor, MessageDescriptor } from "@keyline/runtime/tools";
import { z } from "zod";

/** The format of descriptors that the runtime understands. */
const format = 1;

/**
 * A contract's topics like those of generated code, created without generating it, so that tools can read records of
 * any contract. Payloads are validated against the contract's own JSON Schemas by the validator of its examples, which
 * agrees with generated code on every value and stops at the first error.
 */
export function contractTopics(contract: Contract): Topics {
  const validator = createValidator(contract.schemas);
  const domains = new Map(contract.domains.map((domain) => [domain.name, domainOf(domain, contract)]));
  return Object.fromEntries(
    describeTopics(contract).map((topic) => [topic.name, topicOf(topic, domains, validator)] as const),
  );
}

function domainOf(domain: ContractDomain, { channels }: Contract): DomainDescriptor {
  const { name, partitioner, keyType, partitions } = domain;
  const addresses = channels.filter((channel) => channel.domain === name).map(({ address }) => address);
  return { kind: "domain", name, partitioner, keyType, partitions, topics: addresses };
}

function topicOf(
  { name, channel, messages }: DescribedTopic,
  domains: ReadonlyMap<string, DomainDescriptor>,
  validator: Validator,
): TopicDescriptor {
  const { address, parameters, domain, partitions, wire } = channel;
  return {
    kind: "topic",
    format,
    name,
    address,
    parameters: parameters.map((parameter) => parameter.name),
    domain: domain === null ? null : (domains.get(domain) ?? null),
    partitions,
    wire,
    messages: Object.fromEntries(messages.map((one) => [one.name, messageOf(one, validator)] as const)),
  };
}

function messageOf(described: DescribedMessage, validator: Validator): MessageDescriptor {
  const { message, key, fill, id, type, time, correlation } = described;
  const schema = z.unknown().superRefine((value, context) => {
    const error = validator.firstError(message.payload, value);
    if (error === null) return;
    context.addIssue({
      code: "custom",
      path: [...stepsInto(value, parsePointer(error.instancePath) ?? [])],
      message: error.message ?? "is wrong",
    });
  });
  // Readers alone use it: what a writer may declare is not asked.
  return {
    ...{ kind: "message", format, name: message.name, schema, declared: true },
    ...{ key, fill, id, type, time, correlation },
  };
}
