import type { EmitContext } from "../emit/context.js";
import type { TopicNames } from "../names/plan.js";
import { appsOf, type DocsPage, domainOf, keyName, partiesOf } from "./context.js";
import { partitions } from "./facts.js";
import { counted, listed } from "./human.js";
import { code, oneLine, paragraphs, plain, prose, table } from "./markdown.js";
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
  const what = [channel.title, channel.summary, channel.description].find((text) => text?.trim());
  return [
    `[${code(channel.address)}](${paths.topic(topic)})`,
    what ? prose(what) : "",
    domain ? code(keyName(domain)) : "none",
    partitions(channel),
    apps("send"),
    apps("receive"),
  ];
}
