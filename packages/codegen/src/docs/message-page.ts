import type { ContractExample } from "@keyline/contract";
import type { EmitContext } from "../emit/context.js";
import { envelopeOf } from "../model/envelope.js";
import type { MessageNames, TopicNames } from "../names/plan.js";
import { appsOf, type DocsPage, domainOf, keyName, partiesOf, topicsWith } from "./context.js";
import { type Fact, factList } from "./facts.js";
import { fieldRows } from "./field-rows.js";
import { code, fenced, html, htmlCode, json, oneLine, paragraphs, plain, prose, sentence, table } from "./markdown.js";
import { from, paths } from "./paths.js";
import { recordOf, type ShownRecord } from "./record.js";
import { receiveModule, sendModule } from "./snippets.js";

/** Everything about one message. */
export function messagePage(names: MessageNames, context: EmitContext): DocsPage {
  const { message } = names;
  const path = paths.message(names);
  const topics = topicsWith(names, context);
  return {
    path,
    title: oneLine(message.name) || names.type,
    description: sentence(oneLine(message.summary ?? message.title ?? "") || `The message ${oneLine(message.name)}`),
    body: [
      ...leadOf(names),
      factList(factsOf(names, topics, context)),
      ...fieldSection(names, context),
      ...topics.slice(0, 1).flatMap((topic) => useSections(names, topic, context)),
      ...exampleSection(message.examples),
      ...topics.slice(0, 1).flatMap((topic) => recordSection(names, topic, context)),
      ...headerSection(names, context),
    ].join("\n\n"),
  };
}

function leadOf({ message }: MessageNames): readonly string[] {
  const said = [message.title, message.summary].flatMap((text) => (text?.trim() ? [sentence(prose(text))] : []));
  const lead = [...new Set(said)].join(" ");
  const warning = message.deprecated ? ["**Deprecated.** The contract says so."] : [];
  return [...warning, ...(lead === "" ? [] : [lead]), ...paragraphs(message.description).map(sentence)];
}

function factsOf(names: MessageNames, topics: readonly TopicNames[], context: EmitContext): readonly Fact[] {
  const path = paths.message(names);
  const domain = topics.map((topic) => domainOf(topic, context)).find((found) => found !== null);
  const links = topics.map(
    (topic) => `<a href="${html(from(path, paths.topic(topic)))}">${htmlCode(topic.channel.address)}</a>`,
  );
  const apps = (action: "send" | "receive") =>
    appsOf(topics.flatMap((topic) => partiesOf(topic, action, context)))
      .map(html)
      .join(", ") || "not named";
  return [
    { name: topics.length > 1 ? "Topics" : "Topic", value: links.join(", ") || "none" },
    { name: "Partition key", value: domain ? htmlCode(keyName(domain)) : "none" },
    { name: "Sent by", value: apps("send") },
    { name: "Received by", value: apps("receive") },
    { name: "Type in code", value: htmlCode(names.type) },
    { name: "JSON Schema", value: `<a href="${html(from(path, paths.schema(names)))}" download>Download</a>` },
  ];
}

function fieldSection(names: MessageNames, { graph }: EmitContext): readonly string[] {
  const rows = fieldRows(names.message.payload, graph.resolve);
  if (rows.length === 0) return ["## Fields", "The contract declares no fields: any JSON value."];
  const filled = new Set(envelopeOf(names, graph.resolve).fill.map(({ path }) => path.join(".")));
  const key = names.keyPath?.join(".");
  return [
    "## Fields",
    ...table(
      ["Field", "Type", "Required", "Rules", "Description"],
      rows.map(({ path, type, isRequired, rules, description }) => [
        code(path),
        type,
        requiredOf(isRequired, path === key, filled.has(path)),
        rules.join("; "),
        prose(description ?? ""),
      ]),
    ),
  ];
}

function requiredOf(isRequired: boolean, isKey: boolean, isFilled: boolean): string {
  const said = isRequired ? "yes" : "no";
  if (isKey) return `${said}, the key`;
  return isFilled ? `${said}, by the SDK` : said;
}

function useSections(names: MessageNames, topic: TopicNames, context: EmitContext): readonly string[] {
  const source = sourceOf(topic, context);
  return [
    "## Send",
    fenced("ts", sendModule(topic, names, source, context)),
    "## Receive",
    fenced("ts", receiveModule(topic, names, context)),
  ];
}

/** What sends it, by the contract. */
const sourceOf = (topic: TopicNames, context: EmitContext) =>
  context.contract.operations.find(
    ({ action, channel, app }) => action === "send" && channel === topic.channel.id && app,
  )?.app ?? "my-service";

function exampleSection(examples: readonly ContractExample[]): readonly string[] {
  const shown = examples.flatMap(({ name, summary, payload, headers }, index) => {
    if (payload === undefined && headers === undefined) return [];
    const title = oneLine(name ?? "") === "" ? `Example ${index + 1}` : plain(name ?? "");
    return [
      `### ${title}`,
      ...(summary?.trim() ? [sentence(prose(summary))] : []),
      ...(headers === undefined ? [] : ["Headers:", fenced("json", json(headers))]),
      ...(payload === undefined ? [] : [fenced("json", json(payload))]),
    ];
  });
  return shown.length === 0 ? [] : ["## Examples", ...shown];
}

function recordSection(names: MessageNames, topic: TopicNames, context: EmitContext): readonly string[] {
  const domain = domainOf(topic, context);
  const addresses = context.contract.channels
    .filter((channel) => domain !== null && channel.domain === domain.name)
    .map(({ address }) => address);
  const shown = { topic, message: names, domain, addresses, source: sourceOf(topic, context) };
  const record = recordOf(shown, context.graph.resolve);
  return [
    "## On Kafka",
    sentence(`The record that the SDK writes${placeOf(record, topic)}`),
    ...table(
      ["Header", "Value", "Why"],
      record.headers.map(({ name, value, why }) => [code(name), code(value), plain(why)]),
    ),
    fenced("json", json(record.value)),
  ];
}

function placeOf({ key, partition }: ShownRecord, { channel }: TopicNames): string {
  const where = partition === null ? "" : `, on partition ${partition} of ${channel.partitions}`;
  return key === null ? " has no key" : ` has the key ${code(key)}${where}`;
}

function headerSection({ message }: MessageNames, { graph }: EmitContext): readonly string[] {
  const rows = message.headers === null ? [] : fieldRows(message.headers, graph.resolve);
  return rows.length === 0
    ? []
    : [
        "## Headers",
        "What the contract says of the record's headers.",
        ...table(
          ["Header", "Type", "Required", "Rules", "Description"],
          rows.map(({ path, type, isRequired, rules, description }) => [
            code(path),
            type,
            isRequired ? "yes" : "no",
            rules.join("; "),
            prose(description ?? ""),
          ]),
        ),
      ];
}
