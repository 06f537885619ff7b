export { type ContractSource, type ContractSourceResult, loadContractSource } from "./contract-source.js";
export { type KeyChoice, type KeyChoices, readKeyChoices } from "./key/choices.js";
export { createTimeLimit, outOfTime, type TimeLimit } from "./time-limit.js";
export {
  type ConvertOptions,
  type ConvertResult,
  convertContract,
  type LeftOutWord,
} from "./versions/convert-contract.js";
