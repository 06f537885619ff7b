// What the server tells the page. Types alone: both sides import them.
import type { MasteryLevel, Module, StruggleDetectedPayload } from "@student-events/events";
import type { Evidence } from "./projection/state.js";

export type { Evidence, MasteryLevel, Module };
export type Trigger = StruggleDetectedPayload["trigger_type"];
export type Severity = StruggleDetectedPayload["severity"];

/** An alert, open or dealt with. */
export interface WireAlert {
  readonly id: string;
  readonly trigger: Trigger;
  readonly severity: Severity;
  readonly module: Module | null;
  readonly evidence: Evidence;
  /** RFC 3339. */
  readonly at: string;
  readonly seen: { readonly at: string; readonly byYou: boolean } | null;
}

/** A student: never the id. */
export interface WireStudent {
  /** Names the student in requests and addresses. */
  readonly ref: string;
  readonly pseudonym: string;
  /** Score and level for each module, in the curriculum's order; null where nothing is known. */
  readonly mastery: readonly (readonly [score: number, level: MasteryLevel] | null)[];
  readonly alerts: readonly WireAlert[];
}

/** Server-sent event `snapshot`: replaces all that the page knows. */
export interface Snapshot {
  readonly modules: readonly Module[];
  readonly students: readonly WireStudent[];
}

/** Server-sent event `changes`: each student replaces the one of the same ref. */
export interface Changes {
  readonly students: readonly WireStudent[];
}

/** How far an app is behind the log. */
export interface AppLag {
  readonly app: string;
  /** Events of its topics that it has not applied. */
  readonly behind: number;
  /** How long it has been behind without getting on. */
  readonly stalledMs: number;
}

/** Server-sent event `status`, every second. */
export interface Status {
  /** The class's time now, milliseconds since 1970. */
  readonly nowMs: number;
  /** Null where the cluster or the store cannot be asked. */
  readonly apps: readonly AppLag[] | null;
}

/** A place on a log. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** That an app waited for an event's cause before it applied the event. */
export interface Wait {
  readonly app: string;
  readonly cause: Place;
  readonly heldMs: number;
}

/** One event of a student. */
export interface TimelineEvent extends Place {
  /** RFC 3339, as the event says; null where it cannot be read. */
  readonly at: string | null;
  /** What happened, a few words. */
  readonly what: string;
  readonly module: string | null;
  readonly exercise: number | null;
  /** What the student, or an agent, wrote; clipped. */
  readonly text: string | null;
  readonly isCode: boolean;
  /** How it went, where that can be said. */
  readonly outcome: "good" | "bad" | null;
  /** What it came directly after, on other topics. */
  readonly causes: readonly Place[];
  readonly waits: readonly Wait[];
}

/** Answer to `GET /api/students/:ref/timeline`. */
export interface Timeline {
  readonly ref: string;
  readonly pseudonym: string;
  /** In order: none before its causes. */
  readonly events: readonly TimelineEvent[];
  /** Earlier events that are left out. */
  readonly leftOut: number;
}

/** Answer to `GET /api/ids`. */
export type Ids = Readonly<Record<string, string>>;
