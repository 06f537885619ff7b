/** What the domain says of a log of events, told without a line of the apps' code. */
export { compareBags, compareInOrder, type Difference } from "./compare.js";
export { alertsOfStudent, type ExpectedAlert } from "./expected-alerts.js";
export { type ExpectedChange, type ExpectedRow, expectedProgress } from "./expected-progress.js";
export { eventsByStudent, progressTopics, type RecordedEvent, struggleTopics } from "./recorded.js";
