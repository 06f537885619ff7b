import type { ContractChannel, ContractMessage, ContractOperation, Position } from "@keyline/contract";
import { isSame, type Json } from "@keyline/json-schema";
import { allPatch, type Comparing, type FoundChange, placeIn, reachOf } from "./context.js";

type Described = ContractChannel | ContractMessage | ContractOperation;

/** What documents a channel, a message or an operation, by the name of the field. */
const toldBy = (one: Described): { readonly [field: string]: Json } => ({
  title: one.title,
  summary: one.summary,
  description: one.description,
  ...("deprecated" in one ? { deprecated: one.deprecated } : {}),
  ...("examples" in one ? { examples: examplesOf(one) } : {}),
  ...("parameters" in one ? { parameters: one.parameters.map(({ name, description }) => [name, description]) } : {}),
});

const examplesOf = ({ examples }: ContractMessage): Json =>
  examples.map(({ name, summary, payload, headers }) => [name, summary, payload ?? null, headers ?? null]);

/** The fields that say something else now. */
const changedFields = (before: Described, after: Described): readonly string[] => {
  const [old, fresh] = [toldBy(before), toldBy(after)];
  return Object.keys(fresh).filter((name) => !isSame(old[name], fresh[name]));
};

interface Subject {
  readonly what: string;
  readonly position: Position;
  readonly was: Position;
  readonly reach: Pick<FoundChange, "topics" | "apps">;
}

/** Reports titles, descriptions, examples and the like that changed. */
export const compareDocumentation = (comparing: Comparing, before: Described, after: Described, subject: Subject) => {
  const fields = changedFields(before, after);
  if (fields.length === 0) return;
  comparing.foundChanges.add({
    ...subject.reach,
    rule: "documentation-changed",
    message: `${subject.what} has another ${fields.join(", ")}`,
    position: subject.position,
    before: subject.was,
    steps: allPatch,
  });
};

/** The same for the contract itself, its channels and its operations. */
export const compareAllDocumentation = (comparing: Comparing): void => {
  const { before, after, pairs, foundChanges } = comparing;
  const [old, fresh] = [before.contract, after.contract];
  if (old.title !== fresh.title || old.description !== fresh.description)
    foundChanges.add({
      rule: "documentation-changed",
      message: "the contract has another title or description",
      position: placeIn(after, "info"),
      before: placeIn(before, "info"),
      topics: [],
      apps: [],
      steps: allPatch,
    });
  for (const pair of pairs)
    compareDocumentation(comparing, pair.before, pair.after, {
      what: `channel ${pair.after.id}`,
      position: pair.after.position,
      was: pair.before.position,
      reach: reachOf(comparing, pair),
    });
  for (const operation of fresh.operations) {
    const was = old.operations.find(({ id }) => id === operation.id);
    if (!was) continue;
    compareDocumentation(comparing, was, operation, {
      what: `operation ${operation.id}`,
      position: operation.position,
      was: was.position,
      reach: { topics: [], apps: operation.app === null ? [] : [operation.app] },
    });
  }
};
