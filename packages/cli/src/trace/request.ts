import type { Topics, Transport } from "@keyline/runtime";
import type { DomainDescriptor } from "@keyline/runtime/tools";
import type { ReadParked } from "./parked.js";

/** A topic whose records cannot be read, and why. */
export interface NotTraced {
  readonly topic: string;
  readonly reason: string;
}

/** Whose history is shown, from where, and how. */
export interface TraceRequest {
  readonly transport: Transport;
  /** The domain's topics. */
  readonly topics: Topics;
  readonly domain: DomainDescriptor;
  /** The canonical key. */
  readonly key: string;
  /** As it was typed. */
  readonly askedKey: string;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly everywhere: boolean;
  readonly follow: boolean;
  readonly showPayload: boolean;
  /** Events that are kept of each partition at most, the newest. */
  readonly limit: number;
  /** Events of what lies on the logs that are printed at most, the newest; all are counted. */
  readonly printed: number;
  readonly waitMs: number;
  readonly gapMs: number;
  /** How printed commands name the contract: empty where they find it by themselves. */
  readonly contractArgument: string;
  /** Topics of the contract whose records cannot be read, each with the reason. */
  readonly notTraced: readonly NotTraced[];
  /** Null where no store is known. */
  readonly readParked: ReadParked | null;
}
