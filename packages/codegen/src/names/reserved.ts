/** Members that every object has: a topic or message of that name would hide them, or be hidden. */
const inherited = [...Object.getOwnPropertyNames(Object.prototype), "toJSON", "prototype", "then"];

/** Names that a topic cannot have, since the producer has members of these names. */
export const reservedTopicNames: readonly string[] = [...inherited, "connect", "flush", "close", "kind"];

/** Names that a message of several on one topic cannot have. */
export const reservedMessageNames: readonly string[] = inherited;

/** Types and values that generated files mean by these names; a type of the contract must not hide them. */
export const reservedIdentifiers: readonly string[] = [
  ...["Array", "ReadonlyArray", "Record", "Partial", "Omit", "Pick", "Readonly", "Required", "Object", "String"],
  ...["Number", "Boolean", "Symbol", "BigInt", "Function", "Promise", "Date", "Error", "Map", "Set", "RegExp", "JSON"],
  ...["Math", "Infinity", "NaN", "Proxy", "Reflect", "Iterator", "EventTopics", "topics", "z"],
  ...["DeclaredShape", "DomainDescriptor", "Fillable", "MessageDescriptor", "TopicDescriptor"],
];

/** File names that Windows keeps for devices. */
export const reservedFileNames: readonly string[] = [
  ...["con", "prn", "aux", "nul"],
  ...Array.from({ length: 10 }, (_, n) => [`com${n}`, `lpt${n}`]).flat(),
];
