export { progress } from "./projection.js";
export type { ProgressState } from "./state.js";
export { createProgressView, readProgressRows, type StudentProgressRow } from "./view.js";
