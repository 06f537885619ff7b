export { isMarker, keyTextOf, type Letter, letterOf, type Marker, markerOf, type ReplayKind } from "./letter.js";
export { planReplay, type ReplayPlan, type ReplayStep } from "./plan-replay.js";
export type { ReachedGroup } from "./reached-groups.js";
export { type FoundLetters, type LetterFilter, readLetters } from "./read-letters.js";
export { readRecord } from "./read-record.js";
export type { Redelivery, Refusal } from "./redelivery-record.js";
export { discardLetters, replayLetters, type SettledLetter, type SettleOptions } from "./settle.js";
