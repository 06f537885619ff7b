export { type ContractSource, type ContractSourceResult, loadContractSource } from "./contract-source.js";
export { rewriteRefs } from "./schemas/rewrite-refs.js";
export { unreadKeyword } from "./schemas/unread.js";
