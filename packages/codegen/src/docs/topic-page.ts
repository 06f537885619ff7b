import type { EmitContext } from "../emit/context.js";
import { member } from "../emit/snippet.js";
import type { TopicNames } from "../names/plan.js";
import { type DocsPage, domainOf, keyName, type Party, partiesOf } from "./context.js";
import { type Fact, factList, partitioner, partitions, replicas, retention, setting, wire } from "./facts.js";
import { counted } from "./human.js";
import { code, html, htmlCode, oneLine, paragraphs, plain, prose, sentence, table } from "./markdown.js";
import { from, paths } from "./paths.js";

/** What a page may point at outside of the contract. */
export interface Pointers {
  /** Where the ordering promises are explained, from the folder of the docs; null where nowhere. */
  readonly promises: string | null;
}

/** Everything about one topic. */
export function topicPage(topic: TopicNames, context: EmitContext, pointers: Pointers): DocsPage {
  const { channel } = topic;
  const path = paths.topic(topic);
  const said = [channel.title, channel.summary].find((text) => text?.trim()) ?? "";
  return {
    path,
    title: oneLine(channel.address),
    description: sentence(`${oneLine(said) || "Topic"}: the topic ${oneLine(channel.address)}`),
    body: [
      ...leadOf(topic),
      factList(factsOf(topic, context, pointers)),
      ...messageSection(topic, path),
      ...partySection("Sent by", partiesOf(topic, "send", context)),
      ...partySection("Received by", partiesOf(topic, "receive", context)),
      ...parameterSection(topic),
      ...settingSection(topic),
    ].join("\n\n"),
  };
}

function leadOf({ channel }: TopicNames): readonly string[] {
  const said = [channel.title, channel.summary].flatMap((text) => (text?.trim() ? [sentence(prose(text))] : []));
  const [first, ...others] = [...new Set([...said, ...paragraphs(channel.description).map(sentence)])];
  return first === undefined ? [] : [[first, ...others.slice(0, 1)].join(" "), ...others.slice(1)];
}

function factsOf(topic: TopicNames, context: EmitContext, pointers: Pointers): readonly Fact[] {
  const { channel } = topic;
  const domain = domainOf(topic, context);
  return [
    { name: "Partition key", value: keyFact(topic, context, pointers), isLong: true },
    { name: "Sent by", value: partyNames(partiesOf(topic, "send", context)) },
    { name: "Received by", value: partyNames(partiesOf(topic, "receive", context)) },
    ...(domain ? [{ name: "Partitioner", value: partitioner(domain) }] : []),
    { name: "Partitions", value: [partitions(channel), replicas(channel)].filter(Boolean).join(", ") },
    { name: "Retention", value: html(retention(channel)) },
    { name: "Value", value: html(wire(channel)) },
    { name: "In code", value: htmlCode(`producer${member(topic.name)}`) },
  ];
}

function keyFact(topic: TopicNames, context: EmitContext, { promises }: Pointers): string {
  const domain = domainOf(topic, context);
  if (!domain) return "none: no order is promised";
  const key = htmlCode(keyName(domain));
  const others = domain.channels.length - 1;
  const where = others === 0 ? "" : `, also across the ${counted(others, "other topic")} of ${htmlCode(domain.name)}`;
  const why = promises === null ? "" : ` <a href="${html(from(paths.topic(topic), promises))}">What is promised</a>`;
  return `${key}, ${domain.keyType === "integer" ? "an integer" : "a string"}. The same ${key} means the same partition: its events are handled in order${where}.${why}`;
}

function partyNames(parties: readonly Party[]): string {
  const names = parties.map(({ app, groupId }) =>
    groupId === null ? html(app) : `${html(app)} <small>group ${htmlCode(groupId)}</small>`,
  );
  return [...new Set(names)].join("<br>") || "not named";
}

const messageSection = ({ messages }: TopicNames, path: string) => [
  "## Messages",
  ...table(
    ["Message", "What"],
    messages.map(({ message }) => [
      `[${code(message.message.name)}](${from(path, paths.message(message))})`,
      [message.message.title, message.message.summary]
        .flatMap((text) => (text?.trim() ? [sentence(prose(text))] : []))
        .join(" "),
    ]),
  ),
];

function partySection(title: string, parties: readonly Party[]): readonly string[] {
  const rows = parties.map(({ app, groupId, operation }) => [
    plain(app),
    groupId === null ? "" : code(groupId),
    [operation.title, operation.summary, operation.description]
      .flatMap((text) => (text?.trim() ? [sentence(prose(text))] : []))
      .join(" "),
  ]);
  if (rows.length === 0) return [];
  const hasGroups = parties.some(({ groupId }) => groupId !== null);
  const head = hasGroups ? ["App", "Consumer group", "Why"] : ["App", "Why"];
  return [`## ${title}`, ...table(head, hasGroups ? rows : rows.map(([app = "", , why = ""]) => [app, why]))];
}

function parameterSection({ channel }: TopicNames): readonly string[] {
  const rows = channel.parameters.map(({ name, description, enum: allowed, default: preset }) => [
    code(name),
    [
      ...(allowed.length > 0 ? [`one of ${allowed.map(code).join(", ")}`] : []),
      ...(preset === null ? [] : [`default ${code(preset)}`]),
    ].join("; "),
    prose(description ?? ""),
  ]);
  return rows.length === 0 ? [] : ["## Address parameters", ...table(["Parameter", "Values", "What"], rows)];
}

function settingSection({ channel }: TopicNames): readonly string[] {
  const rows = Object.entries(channel.topicConfiguration).map(([name, value]) => [code(name), setting(name, value)]);
  return rows.length === 0 ? [] : ["## Topic configuration", ...table(["Setting", "Value"], rows)];
}
