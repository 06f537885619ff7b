import type { ContractMessage, Position } from "@keyline/contract";
import type { JsonSchema } from "@keyline/json-schema";
import { alignSchemas } from "./align/align.js";
import type { Edit, Here, SchemaVersion } from "./align/edits.js";
import type { DiffRuleId } from "./rules.js";
import { accepts } from "./schema/accepts.js";
import type { Comparer, Containment, SchemaOf, Side } from "./schema/contains.js";
import type { Counterexample, Direction } from "./types.js";

/** A part of a message that has a schema. */
export type Part = Counterexample["part"];

/** One version of the contract's schemas, to compare and to point into. */
export interface PayloadVersion extends SchemaVersion {
  readonly side: Side;
}

/** A message in both versions. */
export interface MessagePair {
  readonly before: ContractMessage;
  readonly after: ContractMessage;
}

/** An edit and what it means. */
export interface JudgedEdit {
  readonly edit: Edit;
  readonly verdict: "breaking" | "compatible" | "documentation";
  readonly isDecided: boolean;
  readonly counterexample: Counterexample | null;
}

/** How a part of a message changed. */
export interface PartOutcome {
  readonly edits: readonly JudgedEdit[];
  /** Whether code that writes, or reads, by the old contract does so by the new one. */
  readonly keepsWriters: boolean;
  readonly keepsReaders: boolean;
}

const unchanged: PartOutcome = { edits: [], keepsWriters: true, keepsReaders: true };

interface Comparing {
  readonly comparer: Comparer;
  readonly versions: readonly [PayloadVersion, PayloadVersion];
  readonly schemas: readonly [SchemaOf, SchemaOf];
  readonly here: Here;
  readonly message: string;
  readonly part: Part;
}

const fits = ({ kind }: Containment) => kind === "contained";

/** Compares one part of a message in both versions. */
export const comparePart = (
  comparer: Comparer,
  versions: readonly [PayloadVersion, PayloadVersion],
  { before, after }: MessagePair,
  part: Part,
): PartOutcome => {
  const [old, fresh] = [schemaOf(before, part), schemaOf(after, part)];
  if (old === null && fresh === null) return unchanged;
  const schemas = [
    { side: versions[0].side, schema: old ?? true },
    { side: versions[1].side, schema: fresh ?? true },
  ] as const;
  const whole = `the ${part} of ${after.name}`;
  const here: Here = { path: [], fields: [], whole, position: after.position, before: before.position };
  const comparing: Comparing = { comparer, versions, schemas, here, message: after.name, part };
  const edits = editsOf(comparing);
  const told = edits.filter(({ rule }) => rule === "documentation-changed").map(documented);
  const changes = edits.filter(({ rule }) => rule !== "documentation-changed");
  const isSame = changes.length === 0 && meansTheSame(schemas);
  return isSame ? { ...unchanged, edits: told } : judged(comparing, changes, told);
};

/** Whether two schemas are the same piece by piece: then there is nothing to judge. */
const meansTheSame = ([old, fresh]: readonly [SchemaOf, SchemaOf]): boolean =>
  old.side.compile(old.schema) === fresh.side.compile(fresh.schema) &&
  old.side.close(old.schema) === fresh.side.close(fresh.schema);

const schemaOf = ({ payload, headers, keySchema }: ContractMessage, part: Part): JsonSchema | null => {
  if (part === "payload") return payload;
  return part === "headers" ? headers : keySchema;
};

const documented = (edit: Edit): JudgedEdit => ({
  edit,
  verdict: "documentation",
  isDecided: true,
  counterexample: null,
});

const aligned = ({ versions, schemas, here }: Comparing, take: (edit: Edit) => boolean) =>
  alignSchemas(
    { ...versions[0], schema: schemas[0].schema },
    { ...versions[1], schema: schemas[1].schema },
    here,
    take,
  );

const editsOf = (comparing: Comparing): readonly Edit[] => {
  const edits = new Map<string, Edit>();
  aligned(comparing, (edit) => {
    edits.set(edit.key, edit);
    return false;
  });
  return [...edits.values()];
};

/** Whether what one writes the other reads. A key is made by the SDK from the payload, whatever fields there are. */
const read = ({ comparer, part }: Comparing, writer: SchemaOf, reader: SchemaOf): Containment =>
  part === "key" ? comparer.accepted(writer, reader) : comparer.written(writer, reader);

const judged = (comparing: Comparing, changes: readonly Edit[], told: readonly JudgedEdit[]): PartOutcome => {
  const { comparer, schemas } = comparing;
  const [old, fresh] = schemas;
  const both = { "new-readers": read(comparing, old, fresh), "old-readers": read(comparing, fresh, old) };
  const keepsReaders = fits(both["new-readers"]) && fits(comparer.accepted(fresh, old));
  const keepsWriters = fits(both["old-readers"]) && fits(comparer.writable(old, fresh));
  const isRewritten = keepsReaders && keepsWriters && fits(comparer.accepted(old, fresh));
  if (isRewritten && fits(comparer.writable(fresh, old))) return { ...unchanged, edits: told };
  const failing = (["new-readers", "old-readers"] as const).filter((direction) => !fits(both[direction]));
  const alone = changes.map((edit) => judgeAlone(comparing, edit, failing));
  const isExplained = failing.length === 0 || alone.some(({ verdict }) => verdict === "breaking");
  const edits = isExplained ? withCounterexample(comparing, alone, both) : [together(comparing, both), ...alone];
  return { edits: [...edits, ...told], keepsWriters, keepsReaders };
};

type Both = { readonly [Each in Direction]: Containment };

/** What one edit would mean if it were the only one. */
const judgeAlone = (comparing: Comparing, edit: Edit, failing: readonly Direction[]): JudgedEdit => {
  const compatible: JudgedEdit = { edit, verdict: "compatible", isDecided: true, counterexample: null };
  const mayClose = edit.rule === "fields-closed" && comparing.part === "payload";
  if (failing.length === 0 && !mayClose) return compatible;
  const { comparer } = comparing;
  const mixed = aligned(comparing, ({ key }) => key === edit.key);
  const only: SchemaOf = { side: comparer.side(mixed.schemas), schema: mixed.schema };
  const judged = judgeByCode(comparing, { edit, only }, failing);
  return mayClose && judged.verdict === "compatible" ? judgeClosing(comparing, { edit, only }) : judged;
};

interface Alone {
  readonly edit: Edit;
  /** The old schema with this edit. */
  readonly only: SchemaOf;
}

/** What a closed schema refuses that the open one took: no generated code writes it, but foreign writers do, and old records may. */
const judgeClosing = (
  { comparer, schemas: [old, fresh], message, part }: Comparing,
  { edit, only }: Alone,
): JudgedEdit => {
  const answer = comparer.accepted(old, only);
  if (fits(answer)) return { edit, verdict: "compatible", isDecided: true, counterexample: null };
  const value = answer.kind === "escapes" ? answer.counterexample : undefined;
  const isShown = value !== undefined && fresh.side.judge(fresh.schema, value) === false;
  return {
    edit,
    verdict: "breaking",
    isDecided: answer.kind === "escapes",
    counterexample: isShown ? { direction: "new-readers", message, part, value } : null,
  };
};

/** Whether what generated code of one version writes that of the other refuses. */
const judgeByCode = (comparing: Comparing, { edit, only }: Alone, failing: readonly Direction[]): JudgedEdit => {
  const { schemas } = comparing;
  const answers = failing.map((direction) => {
    const answer = direction === "new-readers" ? read(comparing, schemas[0], only) : read(comparing, only, schemas[0]);
    return { direction, answer };
  });
  const broken = answers.filter(({ answer }) => !fits(answer));
  const isDecided = broken.length === 0 || broken.some(({ answer }) => answer.kind === "escapes");
  const shown = broken.map(({ direction, answer }) => counterexampleOf(comparing, direction, answer));
  return {
    edit,
    verdict: broken.length > 0 ? "breaking" : "compatible",
    isDecided,
    counterexample: shown.find((one) => one !== null) ?? null,
  };
};

/** A value that shows it between the two contracts as they are; what only one of the edits does may not. */
const counterexampleOf = (
  { schemas, message, part }: Comparing,
  direction: Direction,
  answer: Containment,
): Counterexample | null => {
  if (answer.kind !== "escapes" || answer.counterexample === undefined) return null;
  const value = answer.counterexample;
  const [writer, reader] = direction === "new-readers" ? schemas : [schemas[1], schemas[0]];
  const isDeclared = part === "key" || accepts(writer.side.close(writer.schema), value) === true;
  const isWritten = isDeclared && writer.side.judge(writer.schema, value) === true;
  const isShown = isWritten && reader.side.judge(reader.schema, value) === false;
  return isShown ? { direction, message, part, value } : null;
};

const firstShown = (comparing: Comparing, both: Both): Counterexample | null =>
  counterexampleOf(comparing, "new-readers", both["new-readers"]) ??
  counterexampleOf(comparing, "old-readers", both["old-readers"]);

/** The only edit that breaks explains what breaks between the contracts. */
const withCounterexample = (comparing: Comparing, edits: readonly JudgedEdit[], both: Both): readonly JudgedEdit[] => {
  const breaking = edits.filter(({ verdict }) => verdict === "breaking");
  if (breaking.length !== 1) return edits;
  return edits.map((one) =>
    one.verdict === "breaking" && one.counterexample === null
      ? { ...one, counterexample: firstShown(comparing, both) }
      : one,
  );
};

/** Where no edit breaks anything alone, but all of them do. */
const together = (comparing: Comparing, both: Both): JudgedEdit => {
  const { here, part } = comparing;
  const rule: DiffRuleId = "schema-changed";
  const [position, before]: readonly [Position, Position] = [here.position, here.before];
  const message = `${here.whole} changed in several places that only together make the difference`;
  const answers = Object.values(both);
  return {
    edit: {
      key: `${rule} ${part} ${position.file}:${position.line}:${position.column}`,
      rule,
      message,
      position,
      before,
    },
    verdict: "breaking",
    isDecided: answers.some(({ kind }) => kind === "escapes"),
    counterexample: firstShown(comparing, both),
  };
};
