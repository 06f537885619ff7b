import type { Json, JsonSchema, SchemaObject } from "@keyline/json-schema";
import type { Found, Here } from "./edits.js";

/** Changes one outcome under way: the old schema with the edits that are wanted. */
export interface Outcome {
  readonly here: Here;
  readonly schemas: readonly [SchemaObject, SchemaObject];
  readonly result: Map<string, Json>;
  tell(found: Found): void;
  /** The outcome for a part of both. */
  inner(before: JsonSchema, after: JsonSchema, fields?: readonly string[]): JsonSchema;
  /** A part of the new schema, for the outcome. */
  taken(after: JsonSchema): JsonSchema;
}
