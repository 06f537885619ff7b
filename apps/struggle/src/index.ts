export { struggle } from "./projection.js";
export type { StruggleState } from "./state.js";
export { createStruggleView, readStruggleAlerts, type StudentAlertRow } from "./view.js";
