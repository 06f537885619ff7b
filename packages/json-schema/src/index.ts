export { type Decimal, decimalOf, gcd, isMultipleOf, numberOf, scaledTo } from "./decimal.js";
export { branchesOf, demandedNames, itemSchemas, namesAround } from "./declared.js";
export { type Discriminator, discriminatorOf } from "./discriminator.js";
export { numberFormats } from "./formats.js";
export { harmless, harmlessInPlace, harmlessJson } from "./harmless.js";
export {
  canonicalText,
  distinct,
  isObject,
  isSame,
  type Json,
  type JsonObject,
  type JsonType,
  jsonTypes,
  lengthOf,
  ownValue,
  typeOf,
} from "./json.js";
export {
  countKeywords,
  foreignKeywords,
  keywordsOf,
  knownKeywords,
  type LimitKeyword,
  limitKeywords,
  schemaKeywords,
  schemaListKeywords,
  schemaMapKeywords,
  unreadKeyword,
  valueKeywords,
} from "./keywords.js";
export { nearest } from "./nearest.js";
export { pathText, pathWith, stepsInto } from "./path.js";
export { encodeToken, parseFragment, parsePointer } from "./pointer.js";
export { endlessness, type SchemaProblem, schemaProblems } from "./problems.js";
export { conjuncts, refName, refNames, refTo, rewriteRefs } from "./refs.js";
export {
  declaredTypes,
  dependenciesOf,
  isIntegerOnly,
  isSchema,
  isTypeName,
  type JsonSchema,
  namedSchemasAt,
  type Resolve,
  regexFault,
  type SchemaObject,
  schemaAt,
  schemasAt,
  schemasIn,
  type TypeName,
  textsOf,
  typeNames,
  writtenTypes,
} from "./schema.js";
export { meantBranch, type Tags, tagsOf } from "./tags.js";
