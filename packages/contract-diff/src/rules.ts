/**
 * The consequence of a change for events that are already on topics, and for applications that are not upgraded
 * together.
 */
export type Verdict = "breaking" | "compatible" | "documentation";

/** A rule about changes of a contract. Its page is `docs/rules/<id>.md`. */
export interface DiffRule {
  readonly id: DiffRuleId;
  /** The worst case of a change of this kind. */
  readonly verdict: Verdict;
  /** One line: what holds if nothing breaks. */
  readonly title: string;
  /** What breaks, and for which readers or producers, if the change is breaking. */
  readonly breaks: string;
  /** How to make the change safely. */
  readonly safely: string;
}

const newTopic =
  "make a new version of the topic beside the old one, let producers move, drain the old one, then let consumers leave it";
const drain = "stop the producers, let every consumer of the domain reach the end, change, start again";
const expand =
  "expand and contract: add the new form beside the old one, let every reader learn it, then let writers move, then drop the old form";
const readersFirst = "let every reader take both forms before a writer writes the new one";

const table = {
  "address-changed": [
    "breaking",
    "a channel keeps its topic",
    "readers of the old topic see no new events and readers of the new one none of the old, in no order with each other",
    "add a channel for the new topic, let producers move, drain the old topic, then remove its channel",
  ],
  "branch-added": [
    "breaking",
    "a oneOf or anyOf gets no branch that readers do not know",
    "old readers refuse what only the new branch accepts",
    readersFirst,
  ],
  "branch-removed": [
    "breaking",
    "a oneOf or anyOf keeps its branches",
    "new readers refuse old events that only the removed branch accepted",
    newTopic,
  ],
  "channel-generated": [
    "compatible",
    "a topic may become one that can be generated",
    "nothing",
    "see that what lies on the topic is what the new messages say: its earlier records were not held against the contract",
  ],
  "channel-opaque": [
    "breaking",
    "a topic that can be generated stays one",
    "its functions are gone from the packages: producers and consumers of the new version can neither write nor read it",
    "add a channel with a new topic for the new form, let producers and consumers move, drain the old topic, then remove it",
  ],
  "cleanup-policy-changed": [
    "breaking",
    "a topic keeps its cleanup policy",
    "compaction keeps only a key's last event, deletion loses the last state of keys that are quiet: a reader that starts at the beginning gets another history",
    newTopic,
  ],
  "constant-changed": [
    "breaking",
    "a constant keeps its value",
    "new readers refuse old events, and old readers new ones",
    expand,
  ],
  "correlation-moved": [
    "breaking",
    "a correlation id stays where it is",
    "readers look in the new place, where old events and producers that are not upgraded have none: chains of events fall apart",
    "write the id in both places until every reader has moved",
  ],
  "documentation-changed": [
    "documentation",
    "titles, descriptions, examples and the like may change",
    "nothing",
    "nothing to do",
  ],
  "domain-changed": [
    "breaking",
    "a topic stays in its ordering domain",
    "its events are keyed otherwise and are in no order with those of the domain that it left or joins",
    newTopic,
  ],
  "domain-renamed": [
    "breaking",
    "an ordering domain keeps its name",
    "stores keep positions, states and parked events by the domain's name: projections start from the beginning",
    "keep the name; or stop the apps and rename it in the store's tables in the same step",
  ],
  "enum-value-added": [
    "breaking",
    "a field that readers know gets no new value",
    "old readers refuse events with the new value",
    readersFirst,
  ],
  "enum-value-removed": [
    "breaking",
    "a value that events on the topic may have stays allowed",
    "new readers refuse old events that have the value",
    "stop writing the value, wait until retention has removed the last event with it, then remove it; or deprecate it and leave it",
  ],
  "event-type-changed": [
    "breaking",
    "a message keeps its event_type",
    "new readers refuse old events, old readers new ones, and what routes by the type sends them elsewhere",
    newTopic,
  ],
  "field-added": [
    "breaking",
    "a new optional field is one that old readers let pass",
    "readers that are closed (additionalProperties: false) or that know the name otherwise refuse the field",
    "open the readers first: remove additionalProperties: false and wait until all are upgraded",
  ],
  "field-optional": [
    "breaking",
    "a required field stays required",
    "old readers refuse new events that lack the field",
    "make it optional for readers first and go on writing it until all of them are upgraded",
  ],
  "field-removed": [
    "breaking",
    "a field that is removed was optional",
    "old readers refuse new events that lack the field, and closed new readers refuse old events that have it",
    "make it optional, wait until every reader takes events without it, then remove it",
  ],
  "field-required": [
    "breaking",
    "no field becomes required",
    "new readers refuse events that are on the topic without the field, and those of producers that are not upgraded",
    "add it as optional, write it everywhere, wait until retention has removed the last event without it, then require it; or make a new version of the topic",
  ],
  "fields-closed": [
    "breaking",
    "a schema that is open stays open",
    "closed readers refuse fields that others write",
    "leave it open: readers take what they do not know",
  ],
  "fields-opened": [
    "breaking",
    "a closed schema is opened in readers first",
    "old readers, which are closed, refuse fields that new writers may write",
    readersFirst,
  ],
  "format-changed": ["breaking", "a text keeps its format", "one side refuses texts that the other writes", expand],
  "group-id-changed": [
    "breaking",
    "a consumer group keeps its name",
    "the application starts at the end or at the start of its topics: it misses events or handles them again",
    "stop the application, copy the group's committed offsets to the new name, then start it",
  ],
  "key-length-changed": [
    "breaking",
    "a domain allows keys that are as long as before",
    "producers are refused keys that they could send before, and records that lie on the topics go to the dead letters",
    "see that no key is longer, on the topics too",
  ],
  "key-moved": [
    "breaking",
    "a domain's key stays where it is",
    "the same thing gets another key and with it another partition: its old and new events are in no order",
    newTopic,
  ],
  "key-type-changed": [
    "breaking",
    "a domain's key keeps its type",
    "the key's text may differ, and so its partition: producers that are not upgraded put the same key elsewhere",
    newTopic,
  ],
  "limit-changed": [
    "breaking",
    "a limit holds for all events, old and new",
    "one side refuses values that the other writes",
    "loosen it in readers first; tighten it in writers first and in readers after retention",
  ],
  "message-added": [
    "breaking",
    "a topic gets no message that its readers do not know",
    "old readers have no schema for it and send it to their dead-letter topic",
    "give it a topic of its own in the same domain; or upgrade every reader before a producer sends it",
  ],
  "message-removed": [
    "breaking",
    "a topic's messages stay known while its events last",
    "new readers have no schema for the events that are on the topic and send them to their dead-letter topic",
    "stop sending it, wait until retention has removed the last one, then remove it",
  ],
  "message-renamed": [
    "breaking",
    "a message of several on a topic keeps its name",
    "the header keyline-message names it: readers that do not know the name send the event to their dead-letter topic",
    "keep the name and change the title",
  ],
  "opaque-changed": [
    "breaking",
    "what a topic that cannot be generated carries stays as it is",
    "one side may refuse what the other writes: the schemas are in a language that is not read here",
    "compare them with the tool of their own language, such as the schema registry's compatibility check",
  ],
  "operation-added": ["compatible", "operations may come", "nothing", "nothing to do"],
  "operation-changed": [
    "compatible",
    "an operation may change its application or its messages",
    "nothing on the topics",
    "nothing to do",
  ],
  "operation-removed": [
    "compatible",
    "operations may go",
    "nothing on the topics",
    "look for readers that wait for what is no longer sent",
  ],
  "parameter-changed": [
    "breaking",
    "an address parameter keeps its values",
    "topics of the removed values are no longer named: their events are left unread",
    "drain those topics, then remove the values",
  ],
  "partitioner-changed": [
    "breaking",
    "a domain keeps its partitioner",
    "the same key goes to another partition: old and new events of a key, and those of producers that are not upgraded, are in no order",
    `make new topics; or ${drain}`,
  ],
  "partitions-changed": [
    "breaking",
    "a keyed topic keeps its partition count",
    "keys move to other partitions: old and new events of a key are in no order, and SDKs of the old contract refuse to send",
    newTopic,
  ],
  "pattern-changed": ["breaking", "a text keeps its pattern", "one side refuses texts that the other writes", expand],
  "replicas-changed": [
    "compatible",
    "the number of replicas may change",
    "nothing",
    "keyline topics plan says what it means for the cluster",
  ],
  "retention-shortened": [
    "breaking",
    "events are kept as long as they were",
    "consumers that are behind, and readers that start from the beginning, lose events that they counted on",
    "see that no group is further behind than the new retention and that no projection has to be rebuilt, then shorten it",
  ],
  "schema-changed": [
    "breaking",
    "a schema accepts what others write by it",
    "one side refuses values that the other writes",
    expand,
  ],
  "topic-added": ["compatible", "topics may come", "nothing", "keyline topics apply makes it"],
  "topic-config-changed": [
    "breaking",
    "a topic's limits hold for all its events",
    "producers are refused records that they could write before",
    "see that no producer writes larger records",
  ],
  "topic-removed": [
    "breaking",
    "a topic stays while an app reads or writes it",
    "producers have nowhere to write to, and events that are there stay unread",
    "stop its producers, drain it, remove its readers, then the channel",
  ],
  "topic-renamed": [
    "compatible",
    "a channel may get another id",
    "nothing on the topics; in code the SDK's names change",
    "upgrade the code with the packages",
  ],
  "type-changed": ["breaking", "a value keeps its type", "one side refuses values of the other's type", expand],
  "wire-changed": [
    "breaking",
    "a topic keeps its wire format",
    "readers that are not Keyline's, such as a Dapr subscriber, take the event for something else",
    newTopic,
  ],
} as const satisfies { readonly [id: string]: readonly [Verdict, string, string, string] };

/** The id of a rule about changes. */
export type DiffRuleId = keyof typeof table;

const isId = (id: string): id is DiffRuleId => Object.hasOwn(table, id);

/** Every rule about changes, by id in alphabetical order. */
export const diffRules: readonly DiffRule[] = Object.freeze(
  Object.keys(table)
    .filter(isId)
    .map((id) => {
      const [verdict, title, breaks, safely] = table[id];
      return Object.freeze({ id, verdict, title, breaks, safely });
    }),
);

/** A rule by its id. */
export const ruleOf = (id: DiffRuleId): DiffRule => {
  const [verdict, title, breaks, safely] = table[id];
  return { id, verdict, title, breaks, safely };
};
