import type { ContractTopic, OpaqueChannel } from "@keyline/contract";
import type { EmitContext } from "../emit/context.js";
import type { TopicNames } from "../names/plan.js";
import { appsOf, type DocsPage, domainOf, keyName, partiesOf } from "./context.js";
import { partitions, retention } from "./facts.js";
import { counted, listed } from "./human.js";
import { code, oneLine, paragraphs, plain, prose, sentence, table } from "./markdown.js";
import { paths } from "./paths.js";

/** All topics at one glance. */
export function indexPage(context: EmitContext): DocsPage {
  const { contract, names } = context;
  const count = counted(names.topics.length, "topic");
  return {
    path: paths.index,
    title: oneLine(contract.title) || "Topics",
    description: `${count}: their keys, senders and receivers.`,
    body: [
      ...paragraphs(contract.description),
      `${count}, version ${code(contract.version)}. Senders and receivers are drawn on the [map](${paths.map}).`,
      ...sections(context),
      ...opaqueSection(contract.opaque),
    ].join("\n\n"),
  };
}

/** One table for each ordering domain, then one for the topics without. */
function sections(context: EmitContext): readonly string[] {
  const { topics, domains } = context.names;
  const ordered = domains.flatMap(({ domain }) => {
    const key = code(keyName(domain));
    const own = topics.filter(({ channel }) => channel.domain === domain.name);
    const where = own.length === 1 ? "." : ` over these ${counted(own.length, "topic")}.`;
    const intro = `All events of one ${key} are kept in order${where}`;
    return own.length === 0 ? [] : [`## Ordered by ${key}`, intro, ...topicTable(own, context)];
  });
  const unkeyed = topics.filter(({ channel }) => channel.domain === null);
  const others =
    unkeyed.length === 0 ? [] : ["## Unkeyed", "No order is promised here.", ...topicTable(unkeyed, context)];
  return [...ordered, ...others];
}

/** Topics without types. They have no page: all that is known of them stands here. */
function opaqueSection(opaque: readonly OpaqueChannel[]): readonly string[] {
  if (opaque.length === 0) return [];
  const rows = opaque.map((channel) => [
    channel.address === null ? `known at run time only (${code(channel.id)})` : code(channel.address),
    whatOf(channel),
    sentence(plain(channel.reason)),
    channel.messageNames.map(code).join(", ") || "none",
    partitions(channel),
    plain(retention(channel)),
  ]);
  const intro = "The packages have no types and no functions for these topics: they can be neither sent to nor read.";
  return [
    "## Not generated",
    intro,
    ...table(["Topic", "What", "Why not", "Messages", "Partitions", "Retention"], rows),
  ];
}

/** The first thing that a channel says of itself. */
function whatOf({ title, summary, description }: Pick<ContractTopic, "title" | "summary" | "description">): string {
  const what = [title, summary, description].find((text) => text?.trim());
  return what ? prose(what) : "";
}

const topicTable = (topics: readonly TopicNames[], context: EmitContext) =>
  table(
    ["Topic", "What", "Partition key", "Partitions", "Sent by", "Received by"],
    topics.map((topic) => topicRow(topic, context)),
  );

function topicRow(topic: TopicNames, context: EmitContext): readonly string[] {
  const { channel } = topic;
  const domain = domainOf(topic, context);
  const apps = (action: "send" | "receive") =>
    listed(appsOf(partiesOf(topic, action, context)).map(plain)) || "not named";
  return [
    `[${code(channel.address)}](${paths.topic(topic)})`,
    whatOf(channel),
    domain ? code(keyName(domain)) : "none",
    partitions(channel),
    apps("send"),
    apps("receive"),
  ];
}
