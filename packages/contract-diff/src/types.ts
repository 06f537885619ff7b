import type { Position } from "@keyline/contract";
import type { Json } from "@keyline/json-schema";
import type { DiffRuleId, Verdict } from "./rules.js";

/** Which side meets what was written by another version of the contract. */
export type Direction = "new-readers" | "old-readers";

/** A value that one version writes and the other refuses; ajv says both. */
export interface Counterexample {
  /** `new-readers`: an old event that a new reader refuses; `old-readers`: a new event that an old reader refuses. */
  readonly direction: Direction;
  /** The message that it is a payload (or the headers, or the key) of. */
  readonly message: string;
  readonly part: "payload" | "headers" | "key";
  readonly value: Json;
}

/** One change, at its definition. */
export interface Change {
  readonly rule: DiffRuleId;
  readonly verdict: Verdict;
  /** Lower case, subject then change, no full stop. */
  readonly message: string;
  /** What breaks, for whom; null where nothing does. */
  readonly breaks: string | null;
  /** How to make the change safely; null where nothing breaks. */
  readonly safely: string | null;
  /** In the new contract: where it is, or for something that went, what it was part of. */
  readonly position: Position;
  /** In the old contract; null for something that came. */
  readonly before: Position | null;
  /** Addresses of the topics that it reaches. */
  readonly topics: readonly string[];
  /** Applications whose operations it reaches. */
  readonly apps: readonly string[];
  /** False where neither a proof nor a counterexample was found: it counts as breaking. */
  readonly isDecided: boolean;
  readonly counterexample: Counterexample | null;
}

/** A step of a semantic version. */
export type Step = "none" | "patch" | "minor" | "major";

/** The version step that each generated package needs. */
export interface Steps {
  readonly events: Step;
  readonly producer: Step;
  readonly consumer: Step;
}

/** How two versions of a contract differ. */
export interface Comparison {
  readonly changes: readonly Change[];
  readonly steps: Steps;
  /** Exported names of schemas and messages that are gone: code that imports them does not compile. */
  readonly goneNames: readonly string[];
  /** `info.version` of both, and the one that the new contract should have. */
  readonly versions: { readonly before: string; readonly after: string; readonly needed: string | null };
}
