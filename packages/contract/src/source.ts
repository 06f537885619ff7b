export { type ContractSource, type ContractSourceResult, loadContractSource } from "./contract-source.js";
