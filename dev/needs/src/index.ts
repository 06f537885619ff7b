/** What some tests need of a machine beyond Node, npm and git: how it is found, and what to install. */
export { adviceOn, canRun, missingNeeds } from "./can-run.ts";
export { debianGo, debianPgbouncer, debianPython, type Need, type NeedName, needs } from "./needs.ts";
