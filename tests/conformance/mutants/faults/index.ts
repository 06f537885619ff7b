import type { Fault } from "../mutant.ts";
import { foreignContracts } from "./foreign-contracts.ts";
import { madeUp } from "./made-up.ts";
import { onceFaults } from "./once.ts";
import { oneEvent } from "./one-event.ts";
import { oneView } from "./one-view.ts";
import { pages } from "./pages.ts";
import { rights } from "./rights.ts";
import { small } from "./small.ts";
import { whileItRuns } from "./while-it-runs.ts";

/** Faults that were there once, by kind: those of one kind had one cause, and were fixed together. */
const faults: Readonly<Record<string, readonly Fault[]>> = {
  "what one event makes impossible": oneEvent,
  "what changes while it runs": whileItRuns,
  "two views of one thing": oneView,
  "what a record claims": madeUp,
  "contracts of strangers": foreignContracts,
  "pages and servers": pages,
  rights,
  "once in a handler": onceFaults,
  small,
};

/** Each with its kind. */
export const faultsByKind = (): (readonly [string, Fault])[] =>
  Object.entries(faults).flatMap(([kind, some]) => some.map((fault) => [kind, fault] as const));
