import type { Letter } from "../log/sorted.js";
import type { RefusedStudents } from "../world/refused-rows.js";

/** Dead letters by whether something that was done to the run explains them. */
export interface GivenUp {
  /** By app, where the events lie that it gave up since the database refused their student's row. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>;
  /** Letters of anything else. */
  readonly others: readonly Letter[];
}

/** Tells what was given up with a refused row from what should not have been. */
export function givenUpOf(letters: readonly Letter[], { forAWhile, forGood }: RefusedStudents): GivenUp {
  const isExplained = ({ app, code, key }: Letter) =>
    code === "store_refused" &&
    (forGood.includes(Number(key)) || (app === "progress" && forAWhile.includes(Number(key))));
  const byApp = Map.groupBy(letters.filter(isExplained), ({ app }) => app);
  return {
    places: new Map([...byApp].map(([app, own]) => [app, new Set(own.map(({ place }) => place))])),
    others: letters.filter((letter) => !isExplained(letter)),
  };
}
