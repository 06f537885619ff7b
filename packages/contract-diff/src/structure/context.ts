import type { ContractChannel, Position } from "@keyline/contract";
import type { ContractSource } from "@keyline/contract/source";
import { type DiffRuleId, ruleOf, type Verdict } from "../rules.js";
import type { Change, Counterexample, Steps } from "../types.js";

/** A channel in both versions. */
export interface ChannelPair {
  readonly before: ContractChannel;
  readonly after: ContractChannel;
}

/** A change as it was found, before what it reaches is put together. */
export interface FoundChange {
  readonly rule: DiffRuleId;
  /** Default: the rule's own. */
  readonly verdict?: Verdict;
  readonly message: string;
  readonly position: Position;
  readonly before: Position | null;
  readonly topics: readonly string[];
  readonly apps: readonly string[];
  readonly isDecided?: boolean;
  readonly counterexample?: Counterexample | null;
  /** What it means for those who use the packages. Default: nothing, the code stays as it is. */
  readonly steps?: Partial<Steps>;
}

/** Collects changes; the same one at the same place is one change, with all that it reaches. */
export interface FoundChanges {
  add(change: FoundChange): void;
  /** In the order of the new contract. */
  changes(): readonly Change[];
  steps(): readonly Partial<Steps>[];
}

/** Both versions, and where the changes between them go. */
export interface Comparing {
  readonly before: ContractSource;
  readonly after: ContractSource;
  readonly pairs: readonly ChannelPair[];
  readonly foundChanges: FoundChanges;
}

/** Where something stands in a document, or the nearest place above it. */
export const placeIn = (source: ContractSource, ...path: readonly string[]): Position => source.placeOf(path);

/** Applications that send or receive on the channels, in either version. */
export const appsOn = ({ before, after }: Comparing, ids: readonly string[]): readonly string[] => {
  const operations = [...before.contract.operations, ...after.contract.operations];
  const apps = operations.filter(({ channel }) => ids.includes(channel)).flatMap(({ app }) => app ?? []);
  return [...new Set(apps)].sort();
};

/** What a change about a channel reaches. */
export const reachOf = (
  comparing: Comparing,
  { before, after }: ChannelPair,
): Pick<FoundChange, "topics" | "apps"> => ({
  topics: [...new Set([before.address, after.address])],
  apps: appsOn(comparing, [before.id, after.id]),
});

/** Everything in the packages is other than it was. */
export const allMajor: Steps = { events: "major", producer: "major", consumer: "major" };
export const allMinor: Steps = { events: "minor", producer: "minor", consumer: "minor" };
export const allPatch: Steps = { events: "patch", producer: "patch", consumer: "patch" };

const union = (one: readonly string[], other: readonly string[]) => [...new Set([...one, ...other])];

const ranks: { readonly [verdict in Verdict]: number } = { documentation: 0, compatible: 1, breaking: 2 };

const merged = (one: FoundChange, other: FoundChange): FoundChange => {
  const [worse, better] = rankOf(other) > rankOf(one) ? [other, one] : [one, other];
  return {
    ...worse,
    topics: union(one.topics, other.topics),
    apps: union(one.apps, other.apps).sort(),
    counterexample: worse.counterexample ?? better.counterexample ?? null,
  };
};

const verdictOf = ({ rule, verdict }: FoundChange): Verdict => verdict ?? ruleOf(rule).verdict;
const rankOf = (change: FoundChange) => ranks[verdictOf(change)];

const toChange = (change: FoundChange): Change => {
  const { rule, message, position, before, topics, apps, isDecided = true, counterexample = null } = change;
  const verdict = verdictOf(change);
  const { breaks, safely } = ruleOf(rule);
  const advice = verdict === "breaking" ? { breaks, safely } : { breaks: null, safely: null };
  return { rule, verdict, message, ...advice, position, before, topics, apps, isDecided, counterexample };
};

const placeText = (position: Position | null) =>
  position === null ? "" : `${position.file}:${position.line}:${position.column}`;

export const createFoundChanges = (mainFile: string): FoundChanges => {
  // Invariant: `found` has one change for each rule, place and message, with all that it reaches; `steps` has
  // those of every change that was added.
  const found = new Map<string, FoundChange>();
  const steps: Partial<Steps>[] = [];
  const inOrder = (a: Change, b: Change) =>
    Number(b.position.file === mainFile) - Number(a.position.file === mainFile) ||
    a.position.file.localeCompare(b.position.file, "en") ||
    a.position.line - b.position.line ||
    a.position.column - b.position.column ||
    (a.rule < b.rule ? -1 : 1);
  return {
    add: (change) => {
      const key = [change.rule, placeText(change.position), placeText(change.before), change.message].join(" ");
      const known = found.get(key);
      found.set(key, known ? merged(known, change) : change);
      if (change.steps) steps.push(change.steps);
    },
    changes: () => [...found.values()].map(toChange).sort(inOrder),
    steps: () => steps,
  };
};
