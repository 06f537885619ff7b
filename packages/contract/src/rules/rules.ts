import type { Rule } from "./rule.js";

const table = {
  "address-duplicate": ["error", "channels with the same topic say the same about it"],
  "address-missing": ["warning", "every channel has an address"],
  "address-null": ["warning", "no address is null"],
  "address-parameters": ["error", "a topic in an ordering domain has a fixed address"],
  "address-topic": ["warning", "an address is a name that Kafka accepts"],
  "address-undeclared": ["warning", "a channel declares the parameters of its address, and no others"],
  "app-missing": ["info", "every operation names its application in x-app"],
  asyncapi: ["error", "the document passes the official AsyncAPI parser"],
  "asyncapi-version": ["error", "the document is AsyncAPI 2.0 to 2.6, 3.0 or 3.1, in its own layout"],
  "content-type": ["warning", "the records of a channel are JSON"],
  "correlation-header": ["warning", "a correlation id in the headers is declared there"],
  "correlation-unresolved": ["error", "a correlation id's location leads to a field of the payload"],
  "event-type": ["warning", "a message's event_type is a constant equal to its topic"],
  "example-invalid": ["warning", "examples are valid against their message's schemas"],
  "example-missing": ["warning", "every message has an example"],
  "file-unreadable": ["error", "the contract is a file that can be read"],
  "group-id-schema": ["warning", "a Kafka groupId or clientId is a schema for strings"],
  "kafka-missing": ["warning", "the document has a Kafka channel that can be generated"],
  "key-expression": ["error", "a domain's key is a runtime expression that names a field"],
  "key-length": ["warning", "a key fits the length that its domain allows"],
  "key-location": ["error", "a domain's key lies in the payload"],
  "key-required": ["error", "a domain's key is required in every message"],
  "key-schema": ["warning", "the Kafka key schema accepts the key that is derived from the payload"],
  "key-source": ["warning", "a key that messages declare is said to come from a field"],
  "key-type": ["error", "a domain's key is an integer or a string, the same in every message"],
  "key-unresolved": ["error", "a domain's key is a declared field of every message"],
  "keyword-unknown": ["warning", "the words of a schema are keywords"],
  "layout-older": ["error", "a document is laid out as the version that it names has it"],
  "message-duplicate": ["error", "each message of a channel has a name of its own"],
  "message-missing": ["warning", "every channel has a message"],
  "operations-missing": ["warning", "the document says which apps send and receive"],
  "ordering-ambiguous": ["error", "where there are several domains, every channel names its own"],
  "ordering-domain": ["error", "a channel names a domain that exists"],
  "ordering-opaque": ["error", "every channel of a domain can be generated"],
  "ordering-partitioner": ["error", "a domain's partitioner is murmur2, consistent or fnv1a"],
  "ordering-shape": ["error", "x-ordering has the documented shape"],
  "partitions-equal": ["error", "all topics of a domain have the same partition count"],
  "pattern-exponential": ["error", "no pattern takes time exponential in the length of a text"],
  "pattern-slow": ["warning", "a pattern takes time linear in the length of a text"],
  "ref-expansion": ["error", "a document has at most 1,000,000 values with its $refs written out"],
  "ref-kind": ["warning", "a $ref in a schema leads to a schema"],
  "ref-outside": ["error", "every $ref stays in the contract's folder or its git repository"],
  "ref-remote": ["error", "every $ref is local"],
  "ref-siblings": ["info", "a $ref stands alone"],
  "ref-unresolved": ["error", "every $ref leads somewhere"],
  "schema-empty": ["warning", "a schema says what is valid"],
  "schema-format": ["warning", "each word of a schema can be said in JSON Schema draft 7"],
  "schema-invalid": ["error", "schemas are valid JSON Schema draft 7"],
  "schema-unsupported": ["warning", "code can be generated from every schema"],
  "version-semver": ["warning", "info.version is a semantic version"],
  "wire-unknown": ["error", "x-wire is plain or cloudevents"],
  "yaml-syntax": ["error", "the files are well-formed YAML or JSON"],
} as const satisfies { readonly [id: string]: readonly [Rule["severity"], string] };

/** The id of one of our own rules. */
export type RuleId = Exclude<keyof typeof table, "asyncapi">;

/** Every rule, by id in alphabetical order. */
export const rules: readonly Rule[] = Object.freeze(
  Object.entries(table).map(([id, [severity, title]]) => Object.freeze({ id, severity, title })),
);

/** The severity with which a rule of our own reports. */
export const severityOf = (id: RuleId): Rule["severity"] => table[id][0];
