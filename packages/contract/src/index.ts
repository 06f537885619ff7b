export type { Json, JsonSchema } from "@keyline/json-schema";
export type {
  Contract,
  ContractChannel,
  ContractDomain,
  ContractExample,
  ContractMessage,
  ContractOperation,
  ContractParameter,
  ContractSchema,
  ContractTopic,
  Conversion,
  CorrelationLocation,
  Diagnostic,
  LoadResult,
  OpaqueChannel,
  Partitioner,
  Perspective,
  Position,
  Severity,
  Wire,
} from "./contract.js";
export { formatDiagnostic } from "./diagnostics/format.js";
export { loadContract, type ParseOptions, parseContract } from "./load.js";
export { namedTopics } from "./model/named-topics.js";
export { defaultMaxKeyBytes } from "./model/ordering.js";
export type { LoadOptions } from "./open-document.js";
export type { Rule } from "./rules/rule.js";
export { rules } from "./rules/rules.js";
export { createValidator, type Validator } from "./schemas/validator.js";
export { type ContractReaderOptions, createContractReader } from "./source/contract-reader.js";
export type { ReadFile } from "./source/files.js";
