import type { ContractChannel } from "@keyline/contract";
import { literal, propertyKey } from "../json-schema/index.js";
import type { DomainNames, TopicNames } from "../names/plan.js";
import { fromRuntime, type Import, printSource } from "../printer/source-file.js";
import type { EmitContext } from "./context.js";
import { describe } from "./describe.js";
import { descriptorFormat } from "./format.js";
import type { Layout } from "./layout.js";

/** What is said of a topic wherever it is offered. */
export function topicComment({ channel }: TopicNames): string {
  const order = channel.domain === null ? "unkeyed" : `ordered by key in the domain ${channel.domain}`;
  return describe(channel, `Topic \`${channel.address}\`, ${order}.`);
}

/** `src/gen/topics/<name>.ts`: the descriptor of a topic. */
export function emitTopicFile(names: TopicNames, context: EmitContext): string {
  const { type, constant, messages } = names;
  const domain = context.names.domains.find((one) => one.domain.name === names.channel.domain);
  const carried = messages.map(({ name, message }) => `readonly ${propertyKey(name)}: typeof ${message.descriptor}`);
  const comment = topicComment(names);
  const parts = [
    `${comment}export type ${type} = TopicDescriptor<{ ${carried.join("; ")} }, ${parameterType(names.channel)}>;`,
    `${comment}export const ${constant}: ${type} = ${printDescriptor(names, domain)};`,
  ];
  return printSource(context.header, importsOf(names, domain, context.layout), parts);
}

function importsOf({ messages }: TopicNames, domain: DomainNames | undefined, { sibling }: Layout): readonly Import[] {
  const ofMessages = messages.map(({ message }) => ({
    from: sibling(`../messages/${message.file}`),
    values: [message.descriptor],
  }));
  const ofDomain = domain ? [{ from: sibling(`../domains/${domain.file}`), values: [domain.constant] }] : [];
  return [fromRuntime("TopicDescriptor"), ...ofDomain, ...ofMessages];
}

const parameterType = ({ parameters }: ContractChannel) =>
  parameters.length === 0 ? "never" : parameters.map(({ name }) => literal(name)).join(" | ");

function printDescriptor({ channel, name, messages }: TopicNames, domain: DomainNames | undefined): string {
  const carried = messages.map(({ name, message }) => `${propertyKey(name)}: ${message.descriptor}`);
  return `{
  kind: "topic",
  format: ${descriptorFormat},
  name: ${literal(name)},
  address: ${literal(channel.address)},
  parameters: ${literal(channel.parameters.map((parameter) => parameter.name))},
  domain: ${domain?.constant ?? "null"},
  partitions: ${literal(channel.partitions)},
  wire: ${literal(channel.wire)},
  messages: ${carried.length === 0 ? "{}" : `{ ${carried.join(", ")} }`},
}`;
}
