import type { Position } from "@keyline/contract";
import type { JsonSchema, Resolve } from "@keyline/json-schema";
import type { DiffRuleId } from "../rules.js";

/** One thing that differs between two schemas, at its definition. */
export interface Edit {
  /** The same for the same definition, however it is reached. */
  readonly key: string;
  readonly rule: DiffRuleId;
  readonly message: string;
  readonly position: Position;
  readonly before: Position | null;
}

/** A keyword, or something in it, of a schema: `["properties", "score"]`. */
export type Path = readonly string[];

/** The schemas of one version of a contract. */
export interface SchemaVersion {
  readonly schemas: readonly { readonly name: string; readonly schema: JsonSchema }[];
  readonly resolve: Resolve;
  /** Where a part of a schema is written: as near to it as is known; null where nothing is. */
  placeOf(schema: JsonSchema, path: Path): Position | null;
}

/** A place in two schemas that are compared. */
export interface Here {
  /** Names of fields that lead here from the outermost schema. */
  readonly path: readonly string[];
  /** The same from the last schema that has a name. */
  readonly fields: readonly string[];
  /** What they start from, e.g. `the payload of codeExecuted` or `schema Envelope`. */
  readonly whole: string;
  /** The nearest places that are known. */
  readonly position: Position;
  readonly before: Position;
}

/** What stands here, in words. */
export const subjectOf = ({ fields, whole }: Here): string =>
  fields.length === 0 ? whole : `field ${fields.join(".")} of ${whole}`;

/** Everything that a comparison of two schemas needs to know. */
export interface Aligning {
  readonly before: SchemaVersion;
  readonly after: SchemaVersion;
  /** Told of every edit; whether the outcome has it. */
  readonly take: (edit: Edit) => boolean;
  /** Pairs of named schemas that are compared already, by the name of the outcome. */
  readonly pairs: Map<JsonSchema, Map<JsonSchema, string>>;
  readonly mixed: Map<string, JsonSchema>;
}

/** An edit as it is found: where in the two schemas, and what it does to the outcome. */
export interface Found {
  readonly rule: DiffRuleId;
  /** What changed, after the subject. */
  readonly says: string;
  /** In the new schema; the schema itself for what went. */
  readonly at: Path;
  /** In the old schema; null for what came. */
  readonly was: Path | null;
  readonly apply: () => void;
}

const placeText = (position: Position | null) =>
  position === null ? "" : `${position.file}:${position.line}:${position.column}`;

/** Reports an edit, and makes it if it is wanted. */
export const tell = (
  { before, after, take }: Aligning,
  here: Here,
  schemas: readonly [JsonSchema, JsonSchema],
  found: Found,
): void => {
  const position = after.placeOf(schemas[1], found.at) ?? here.position;
  const was = found.was === null ? null : (before.placeOf(schemas[0], found.was) ?? here.before);
  const message = `${subjectOf(here)} ${found.says}`;
  const key = [found.rule, found.says, placeText(position), placeText(was)].join(" ");
  if (take({ key, rule: found.rule, message, position, before: was })) found.apply();
};
