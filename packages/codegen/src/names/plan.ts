import type { Contract, ContractChannel, ContractDomain, ContractMessage, ContractSchema } from "@keyline/contract";
import { reservedFileNames, reservedIdentifiers, reservedMessageNames, reservedTopicNames } from "./reserved.js";
import { createScope, type Scope } from "./scope.js";
import { camelCase, fileName, pascalCase } from "./words.js";

/** What a named schema is called in generated code. */
export interface SchemaNames {
  readonly schema: ContractSchema;
  readonly type: string;
  readonly constant: string;
  readonly declared: string;
  /** Without folder and ending. */
  readonly file: string;
}

/** What a message is called in generated code. One that channels share has one entry for each key that they give it. */
export interface MessageNames {
  readonly message: ContractMessage;
  readonly keyPath: readonly string[] | null;
  readonly type: string;
  readonly input: string;
  readonly constant: string;
  readonly descriptor: string;
  readonly file: string;
}

/** What a topic is called in generated code. */
export interface TopicNames {
  readonly channel: ContractChannel;
  /** The name in code. */
  readonly name: string;
  readonly type: string;
  readonly constant: string;
  readonly file: string;
  /** By their name in code. */
  readonly messages: readonly { readonly name: string; readonly message: MessageNames }[];
}

/** What an ordering domain is called in generated code. */
export interface DomainNames {
  readonly domain: ContractDomain;
  readonly constant: string;
  readonly file: string;
}

/** All names of a contract's generated code; a function of the contract's own names and their order alone. */
export interface Names {
  /** By the names that the contract has for them. */
  readonly schemas: ReadonlyMap<string, SchemaNames>;
  readonly messages: readonly MessageNames[];
  readonly topics: readonly TopicNames[];
  readonly domains: readonly DomainNames[];
}

/** Names everything, without a clash. Messages choose first, then topics, domains and schemas. */
export function planNames(contract: Contract): Names {
  const identifiers = createScope(reservedIdentifiers);
  const entries = messageEntries(contract);
  const named = nameMessages(entries, identifiers);
  const topics = nameTopics(contract.channels, entries, named, identifiers);
  const domains = nameDomains(contract.domains, identifiers);
  const schemas = nameSchemas(contract.schemas, identifiers, new Set(named.map(({ type }) => type)));
  return { schemas, messages: named, topics, domains };
}

/** Names that end up as files in one folder; equal ones by case are a clash on many file systems. */
const fileScope = () => createScope([], (name) => name.toLowerCase());

function takeFile(scope: Scope, text: string, kind: string): string {
  const wanted = fileName(text) || kind;
  return scope.take([reservedFileNames.includes(wanted) ? `${wanted}-${kind}` : wanted]);
}

const orElse = (name: string, fallback: string) => (name === "" ? fallback : name);

/** A name whose type is a reserved one gets its kind behind it. */
const typeCandidate = (text: string, kind: string) => {
  const type = orElse(pascalCase(text), kind);
  return reservedIdentifiers.includes(type) ? `${type}${kind}` : type;
};

interface MessageEntry {
  readonly identity: string;
  readonly channel: ContractChannel;
  readonly message: ContractMessage;
  readonly keyPath: readonly string[] | null;
}

function messageEntries(contract: Contract): MessageEntry[] {
  const keyPaths = new Map(contract.domains.map(({ name, keyPath }) => [name, keyPath]));
  return contract.channels.flatMap((channel) =>
    channel.messages.map((message) => {
      const keyPath = channel.domain === null ? null : (keyPaths.get(channel.domain) ?? null);
      const owner = message.component === null ? ["inline", channel.id, message.id] : ["component", message.component];
      return { identity: JSON.stringify([owner, keyPath]), channel, message, keyPath };
    }),
  );
}

function nameMessages(
  entries: readonly MessageEntry[],
  identifiers: Scope,
): (MessageNames & { readonly identity: string })[] {
  const unique = [...new Map(entries.map((entry) => [entry.identity, entry] as const).reverse()).values()].reverse();
  const files = fileScope();
  const types = new Set<string>();
  return unique.map(({ identity, channel, message, keyPath }) => {
    const own = typeCandidate(message.component ?? message.id, "Event");
    // Its channel distinguishes a second message of the same name.
    const wanted = types.has(own) ? pascalCase(`${channel.id} ${message.id}`) || own : own;
    const type = identifiers.take([wanted], (base) => Object.values(messageIdentifiers(base)));
    types.add(own).add(type);
    return { identity, message, keyPath, ...messageIdentifiers(type), file: takeFile(files, type, "message") };
  });
}

function messageIdentifiers(type: string) {
  const base = camelCase(type);
  return { type, input: `${type}Input`, constant: `${base}Schema`, descriptor: `${base}Message` };
}

function nameTopics(
  channels: readonly ContractChannel[],
  entries: readonly MessageEntry[],
  messages: readonly (MessageNames & { readonly identity: string })[],
  identifiers: Scope,
): TopicNames[] {
  const names = createScope(reservedTopicNames);
  const files = fileScope();
  const byIdentity = new Map(messages.map((message) => [message.identity, message]));
  return channels.map((channel) => {
    const base = orElse(camelCase(channel.id) || camelCase(channel.address), "topic");
    const name = names.take([reservedTopicNames.includes(base) ? `${base}Topic` : base]);
    const taken = identifiers.take([name], (candidate) => Object.values(topicIdentifiers(candidate)));
    const inTopic = createScope(reservedMessageNames);
    const carried = entries
      .filter((entry) => entry.channel === channel)
      .flatMap(({ identity, message }) => {
        const found = byIdentity.get(identity);
        return found ? [{ name: takeMessageName(inTopic, message), message: found }] : [];
      });
    return { channel, name, ...topicIdentifiers(taken), file: takeFile(files, name, "topic"), messages: carried };
  });
}

function takeMessageName(scope: Scope, message: ContractMessage): string {
  const base = orElse(camelCase(message.id) || camelCase(message.name), "message");
  return scope.take([reservedMessageNames.includes(base) ? `${base}Message` : base]);
}

/** A name without upper and lower case (a digit first, another script) would make one name of the type and the constant. */
function topicIdentifiers(name: string) {
  const constant = `${name}Topic`;
  const type = `${pascalCase(name)}Topic`;
  return { type: type === constant ? `${type}Type` : type, constant };
}

function nameDomains(domains: readonly ContractDomain[], identifiers: Scope): DomainNames[] {
  const files = fileScope();
  return domains.map((domain) => {
    const base = orElse(camelCase(domain.name), "ordering");
    const taken = identifiers.take([base], (candidate) => [`${candidate}Domain`]);
    return { domain, constant: `${taken}Domain`, file: takeFile(files, taken, "domain") };
  });
}

function nameSchemas(
  schemas: readonly ContractSchema[],
  identifiers: Scope,
  messageTypes: ReadonlySet<string>,
): ReadonlyMap<string, SchemaNames> {
  const files = fileScope();
  const named = schemas.map((schema) => {
    const own = typeCandidate(schema.name, "Data");
    const wanted = messageTypes.has(own) ? `${own}Data` : own;
    const type = identifiers.take([wanted], (base) => Object.values(schemaIdentifiers(base)));
    return { schema, ...schemaIdentifiers(type), file: takeFile(files, type, "schema") };
  });
  return new Map(named.map((one) => [one.schema.name, one]));
}

function schemaIdentifiers(type: string) {
  const base = camelCase(type);
  return { type, constant: `${base}Schema`, declared: `${base}Declared` };
}
