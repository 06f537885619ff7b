/** The curriculum's modules, in teaching order: the order in which one event's changes are published. */
export const curriculum = [
  "basics",
  "control-flow",
  "data-structures",
  "functions",
  "oop",
  "files",
  "errors",
  "libraries",
] as const;

/** A module of the curriculum. */
export type Module = (typeof curriculum)[number];
