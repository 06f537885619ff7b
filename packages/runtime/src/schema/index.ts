export { allOf, anyOf, conditional, conforms, excludes, oneOf, onlyIf } from "./combine.js";
export { type ArrayKeywords, array, type ObjectKeywords, object, openObject, record, tuple } from "./containers.js";
export { boolean, enum, lazy, literal, never, null, nullable, optional, union, unknown } from "./plain.js";
export { constant, integer, type NumberKeywords, number, type StringKeywords, string } from "./scalars.js";
export type { Schema } from "./schema.js";
