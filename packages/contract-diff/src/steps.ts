import type { Contract } from "@keyline/contract";
import type { Change, Step, Steps } from "./types.js";

const order: readonly Step[] = ["none", "patch", "minor", "major"];

const larger = (one: Step, other: Step): Step => (order.indexOf(other) > order.indexOf(one) ? other : one);

const largest = (steps: readonly (Step | undefined)[]): Step =>
  steps.reduce<Step>((a, b) => larger(a, b ?? "none"), "none");

/** Names that code imports from the events package: of schemas, and of messages that have one. */
const exportedNames = ({ schemas, channels }: Contract): readonly string[] => [
  ...schemas.map(({ name }) => `schema ${name}`),
  ...channels.flatMap(({ messages }) => messages.map(({ component, id }) => `message ${component ?? id}`)),
];

/** Names that were exported and are no longer. */
export const goneNames = (before: Contract, after: Contract): readonly string[] => {
  const left = new Set(exportedNames(after));
  return [...new Set(exportedNames(before))].filter((name) => !left.has(name));
};

/** The step of each package, from what the changes mean for it and from the names that it exports. */
export const stepsOf = (found: readonly Partial<Steps>[], before: Contract, after: Contract): Steps => {
  const came: Step = goneNames(after, before).length > 0 ? "minor" : "none";
  const names: Step = goneNames(before, after).length > 0 ? "major" : came;
  return {
    events: largest([...found.map(({ events }) => events), names]),
    producer: largest(found.map(({ producer }) => producer)),
    consumer: largest(found.map(({ consumer }) => consumer)),
  };
};

/** The version that follows by a step; below 1.0.0 the second number counts as the first. Null for no semantic version. */
export const nextVersion = (version: string, step: Step): string | null => {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return null;
  if (step === "none") return version;
  const counted = [Number(major), Number(minor), Number(patch)] as const;
  const index = Math.min(2, order.length - 1 - order.indexOf(step) + (counted[0] === 0 ? 1 : 0));
  return counted.map((part, at) => (at < index ? part : at === index ? part + 1 : 0)).join(".");
};

/** The step that the contract as a whole needs. */
export const contractStep = (changes: readonly Change[], steps: Steps): Step =>
  largest([
    ...Object.values(steps),
    ...changes.map(
      ({ verdict }): Step => (verdict === "breaking" ? "major" : verdict === "compatible" ? "minor" : "patch"),
    ),
  ]);
