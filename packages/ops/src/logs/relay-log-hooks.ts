import type { KeylineError } from "@keyline/runtime";
import type { Line } from "./lines.js";
import { checkLogNames, type LogOptions, writingHooks } from "./log-hooks.js";
import type { Level, LoggerLike } from "./loggers.js";

/** The hooks of a relay of `@keyline/outbox` that write log lines. */
export interface RelayLogHooks {
  published?(event: { readonly rows: number }): void;
  parked?(event: {
    readonly topic: string | null;
    readonly key: string | null;
    readonly number: string;
    readonly error: KeylineError;
  }): void;
  waiting?(event: { readonly for: "brokers" | "database"; readonly error: KeylineError }): void;
  slots?(event: { readonly owned: number }): void;
  polling?(event: { readonly error: unknown }): void;
}

type Name = keyof RelayLogHooks;
type EventOf<One extends Name> = Parameters<NonNullable<RelayLogHooks[One]>>[0];

/** How severe what each hook tells is. */
export const relayLevels: Readonly<Record<Name, Level | "off">> = {
  published: "off",
  parked: "error",
  waiting: "warn",
  slots: "info",
  polling: "warn",
};

const lines: { readonly [One in Name]: (event: EventOf<One>) => Line | null } = {
  published: ({ rows }) => ({ text: `published ${rows} rows of the outbox` }),
  parked: ({ topic, number, error }) => ({
    text: `parked: row ${number} of the outbox${topic === null ? "" : `, for ${topic}`}; its key waits`,
    error,
    kind: error.code,
  }),
  waiting: (event) => ({ text: `the relay waits for its ${event.for}`, error: event.error, kind: event.for }),
  slots: ({ owned }) => ({ text: `the relay publishes ${owned} of 64 slots` }),
  polling: ({ error }) => ({
    text: `polling: the relay does not hear of new rows${error === null ? "" : `: ${reasonOf(error)}`}`,
    kind: "",
  }),
};

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** How {@link relayLogHooks} writes; all are optional. */
export interface RelayLogOptions extends Omit<LogOptions, "levels"> {
  /**
   * The level of each hook's lines, or `off`. Default: `parked` is an `error`, `waiting` and `polling` a `warn`,
   * `slots` an `info`, and `published` is `off`.
   */
  readonly levels?: Partial<Readonly<Record<Name, Level | "off">>>;
}

/** Creates hooks for a relay that write to a logger, by the same rules as `logHooks`. */
export function relayLogHooks(logger: LoggerLike, options: RelayLogOptions = {}): RelayLogHooks {
  checkLogNames(options, relayLevels);
  return writingHooks(lines, { ...relayLevels, ...options.levels }, logger, options);
}
