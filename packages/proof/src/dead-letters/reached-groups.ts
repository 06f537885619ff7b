import type { GroupState } from "@keyline/runtime/transport";
import type { Letter } from "./letter.js";

/** A group that reads a source topic of replayed letters, and what it does with them. */
export interface ReachedGroup {
  readonly group: string;
  /**
   * `handles`: it refused some of them. `skips`: all its members announce that they skip letters of other groups.
   * `unknown`: some members do not, or there is no member; they may handle all of them.
   */
  readonly effect: "handles" | "skips" | "unknown";
  readonly members: number;
  /** The number of members that announce that they know redeliveries. */
  readonly knowing: number;
}

/**
 * What each group of the topics does with the letters. A group that is away, and whose letters say that its code knows
 * redeliveries, is taken at that word: an app may be stopped while its letters are sent again.
 */
export function reachedGroups(groups: readonly GroupState[], letters: readonly Letter[]): readonly ReachedGroup[] {
  const own = Map.groupBy(letters, ({ group }) => group);
  const seen = groups.map(({ groupId, members }): ReachedGroup => {
    const knowing = members.filter(({ announces }) => announces.includes("redelivery")).length;
    const isKnown = members.length > 0 ? knowing === members.length : speaksFor(own.get(groupId));
    const effect = !isKnown ? "unknown" : own.has(groupId) ? "handles" : "skips";
    return { group: groupId, effect, members: members.length, knowing };
  });
  const away = [...own.keys()].filter((group) => !groups.some(({ groupId }) => groupId === group));
  const absent = away.map((group): ReachedGroup => {
    const effect = speaksFor(own.get(group)) ? "handles" : "unknown";
    return { group, effect, members: 0, knowing: 0 };
  });
  return [...seen, ...absent].sort((one, other) => (one.group < other.group ? -1 : 1));
}

const speaksFor = (letters: readonly Letter[] | undefined): boolean =>
  letters?.some(({ replay }) => replay !== "by-id") ?? false;
