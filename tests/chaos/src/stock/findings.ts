import type { Publishing } from "../check/publishing.js";
import { nameOfMode, type StockMode } from "./task.js";

/** What became of the events that stock kafkajs published in one mode. */
export interface StockPublishing extends StockMode {
  readonly publishing: Publishing;
}

/** What stock kafkajs did under the same faults. */
export interface StockReport {
  readonly modes: readonly StockPublishing[];
  /** Events applied by a member after another member had applied a later one of the same partition. */
  readonly staleEffects: number;
  /** Events applied more than once. */
  readonly effectsTwice: number;
  /** How often a committed offset went back. */
  readonly offsetsBack: number;
}

/** A violation that stock kafkajs shows, by its number in the list of what breaks the promise. */
export interface Violation {
  readonly id: "A3" | "A4" | "A5" | "A6" | "A10";
  readonly what: string;
  readonly count: number;
}

/** Puts names to what stock kafkajs did. */
export function violationsOf({ modes, staleEffects, offsetsBack }: StockReport): readonly Violation[] {
  const sum = (of: (mode: StockMode) => boolean, count: (publishing: Publishing) => number) =>
    modes.filter(of).reduce((total, { publishing }) => total + count(publishing), 0);
  return [
    {
      id: "A3",
      what: "un-awaited sends in the log in another order than called",
      count: sum(
        ({ awaited }) => !awaited,
        ({ outOfOrder }) => outOfOrder,
      ),
    },
    {
      id: "A4",
      what: "overlapping idempotent sends lost though acknowledged, or twice in the log",
      count: sum(
        ({ awaited, idempotent }) => !awaited && idempotent,
        ({ lost, duplicated }) => lost + duplicated,
      ),
    },
    { id: "A5", what: "events applied by a member that had lost the partition", count: staleEffects },
    { id: "A6", what: "committed offsets set back by a member that had lost the partition", count: offsetsBack },
    {
      id: "A10",
      what: "awaited sends acknowledged and nowhere in the log",
      count: sum(
        ({ awaited }) => awaited,
        ({ lost }) => lost,
      ),
    },
  ];
}

/** One line for each mode. */
export const linesOf = ({ modes }: StockReport): readonly string[] =>
  modes.map(({ publishing: { acknowledged, lost, duplicated, outOfOrder }, ...mode }) =>
    [
      nameOfMode(mode).padEnd(22),
      `${acknowledged} acknowledged`,
      `${lost} lost`,
      `${duplicated} duplicated`,
      `${outOfOrder} out of order`,
    ].join("  "),
  );
