export { topicNames } from "./event.js";
export { faultKinds } from "./faults.js";
export { type MixtureOptions, strayPlacements } from "./plan.js";
export { writeBySdk } from "./sdk.js";
export { type Injected, type Score, scores, scoreText } from "./truth.js";
export { writeMixture } from "./write.js";
