import type { Position } from "@keyline/contract";
import type { Json } from "@keyline/json-schema";
import type { DiffRuleId, Verdict } from "./rules.js";

/** Which side reads values of another version of the contract. */
export type Direction = "new-readers" | "old-readers";

/** A value that one version writes and the other refuses; ajv has confirmed both. */
export interface Counterexample {
  /** `new-readers`: an old event that a new reader refuses; `old-readers`: a new event that an old reader refuses. */
  readonly direction: Direction;
  /** The message whose payload (or headers, or key) it is. */
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
  /** What breaks, and for which readers or producers; null if nothing does. */
  readonly breaks: string | null;
  /** How to make the change safely; null if nothing breaks. */
  readonly safely: string | null;
  /** Its place in the new contract; for a part that was removed, the place of its parent. */
  readonly position: Position;
  /** Its place in the old contract; null for a part that was added. */
  readonly before: Position | null;
  /** Addresses of the topics that it affects. */
  readonly topics: readonly string[];
  /** Applications whose operations it affects. */
  readonly apps: readonly string[];
  /** False if neither a proof nor a counterexample was found: then it counts as breaking. */
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

/** The differences between two versions of a contract. */
export interface Comparison {
  readonly changes: readonly Change[];
  readonly steps: Steps;
  /** Exported names of schemas and messages that are gone: code that imports them no longer compiles. */
  readonly goneNames: readonly string[];
  /** `info.version` of both, and the version that the new contract should have. */
  readonly versions: { readonly before: string; readonly after: string; readonly needed: string | null };
}
