/**
 * The apps as processes on a real cluster and database, a class that publishes, and what can be said of both afterwards: for
 * other runs than chaos.
 *
 * @module
 */

export { type History, historyOf } from "./check/history.js";
export { checkEffects, type Effects } from "./check/outcome.js";
export { checkPublishing, type Publishing } from "./check/publishing.js";
export type { ForeignRecord } from "./log/foreign-log.js";
export { readJournal } from "./publish/journal.js";
export { publishTasks } from "./publish/task.js";
export { bundlePrograms } from "./world/bundle.js";
export { logEnds } from "./world/cluster.js";
export { memoryBytes } from "./world/memory.js";
export { type Process, startProcess } from "./world/processes.js";
export { settled } from "./world/settled.js";
export { readTables } from "./world/tables.js";
export { startWorld, type World } from "./world/world.js";
