import type { Hooks, KeylineError } from "@keyline/runtime";
import { harmless } from "@keyline/runtime/tools";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { createLines, defaultLevels, type Line } from "./lines.js";
import { type Level, type LoggerLike, type LoggerShape, levelsOf, writerOf } from "./loggers.js";
import { createSeldom } from "./seldom.js";

/** How {@link logHooks} writes; all are optional. */
export interface LogOptions {
  /**
   * The level of each hook's lines, or `off`. Default: `error` for events that were dead-lettered or parked, dropped
   * timers and wrong partition counts; `warn` for what may need a look; `info` for changes of lanes and the like; `off`
   * for hooks that are called for every event (`sent`, `acknowledged`, `held`, `released`, `handled`).
   */
  readonly levels?: Partial<Readonly<Record<keyof Hooks, Level | "off">>>;
  /**
   * Whether keys, and the names of operators and timers, may be written. Default false: in most contracts keys identify
   * people. Then a key in an error's message is written as `<key>` too.
   */
  readonly keys?: boolean;
  /**
   * Changes the message of an error before it is written: messages of handlers may quote payloads. Default: messages
   * are written unchanged, except for keys.
   */
  readonly redact?: (message: string) => string;
  /**
   * One kind of line is written at most once in this time. Default 10,000 ms; the next line says how many were left
   * out. With 0 every line is written, and a producer that fails all the time can fill a disk.
   */
  readonly everyMs?: number;
  /** The order of the logger's arguments. Default: detected for pino, winston and `console`. */
  readonly shape?: LoggerShape;
  /** Monotonic milliseconds. Default `performance.now`. */
  readonly nowMs?: () => number;
}

const names: NamesOf<LogOptions> = {
  levels: true,
  keys: true,
  redact: true,
  everyMs: true,
  shape: true,
  nowMs: true,
};

/** Throws `options_invalid` for an option that there is not, and for a level of a hook that there is not. */
export function checkLogNames(options: object & { readonly levels?: object }, levels: object): void {
  checkNames("cannot write logs", options, names);
  const hooks = Object.fromEntries(Object.keys(levels).map((name) => [name, true as const]));
  checkNames("cannot write logs", options.levels, hooks, "hook");
}

/** What the events of all hooks may have. */
interface AnyEvent {
  readonly key?: string | null;
  readonly by?: string;
  readonly timer?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly group?: string;
  readonly domain?: string;
  readonly lane?: number;
}

/**
 * Creates hooks that write to a logger: pass them to every producer, consumer and projector of the process. Each line
 * has the position (`topic/partition@offset`) and what happened; pino and winston also get them as fields, with the
 * name of the hook, the error's code and the stack frames of a handler's error. Payloads are never written, keys only
 * on request; control characters of records are escaped.
 */
export function logHooks(logger: LoggerLike, options: LogOptions = {}): Hooks {
  checkLogNames(options, defaultLevels);
  return writingHooks(createLines(), { ...defaultLevels, ...options.levels }, logger, options);
}

/** Hooks that write what their lines say, each at its level. */
export function writingHooks<Name extends string>(
  lines: { readonly [One in Name]: (event: never) => Line | null },
  levels: Readonly<Record<Name, Level | "off">>,
  logger: LoggerLike,
  options: Omit<LogOptions, "levels">,
): Readonly<Record<string, (event: object) => void>> {
  const { everyMs = 10_000, nowMs = () => performance.now(), shape } = options;
  const write = writerOf(logger, shape);
  const isOn = levelsOf(logger);
  const seldom = createSeldom(everyMs, nowMs);

  const hookOf = (name: Name, level: Level) => (event: object) => {
    if (!isOn(level)) return;
    const line = lines[name](event as never);
    if (line === null) return;
    const passed = line.kind === undefined ? { leftOut: 0 } : seldom(`${name} ${line.kind}`);
    if (passed === null) return;
    const { leftOut } = passed;
    const more = leftOut > 0 ? ` (and ${leftOut} more like it)` : "";
    const reason = line.error ? `: ${messageOf(line.error, event, options)}` : "";
    const fields = { hook: name, ...fieldsOf(event, line.error, options), ...(leftOut > 0 ? { leftOut } : {}) };
    write(line.level ?? level, harmless(`${line.text}${reason}${more}`), fields);
  };

  const names = Object.keys(lines) as Name[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const level = levels[name];
      return level === "off" ? [] : [[name, hookOf(name, level)]];
    }),
  );
}

function messageOf(error: KeylineError, event: AnyEvent, { keys = false, redact }: LogOptions): string {
  const message = keys ? error.message : withoutNames(error.message, event);
  return redact ? redact(message) : message;
}

/** Takes out the key where it stands as a word of its own: `5` not of `15 s`, nor of the place that the line names anyway. */
function withoutNames(message: string, { key, timer, by, topic, partition, offset }: AnyEvent): string {
  const place = topic === undefined ? null : `${topic}/${partition}@${offset}`;
  const parts = place === null ? [message] : message.split(place);
  return parts
    .map((part) =>
      Object.entries({ key, timer, by }).reduce(
        (text, [name, value]) => (value ? text.replaceAll(asWord(value), () => `<${name}>`) : text),
        part,
      ),
    )
    .join(place ?? "");
}

/** The message of an error has its control characters written out. */
const asWord = (text: string) =>
  new RegExp(
    `(?<![\\p{L}\\p{N}])${harmless(text).replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")}(?![\\p{L}\\p{N}])`,
    "gu",
  );

function fieldsOf(event: AnyEvent, error: KeylineError | undefined, { keys = false }: LogOptions) {
  const { topic, partition, offset, group, domain, lane, key, by, timer } = event;
  const named = keys ? { key, by, timer } : {};
  const failure = error && { code: error.code, ...framesOf(error.cause) };
  const all = { topic, partition, offset, group, domain, lane, ...named, ...failure };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === "string" && name !== "stack" ? harmless(value) : value]],
    ),
  );
}

/** Where a handler threw. Its message, which may quote a payload, is left out. */
function framesOf(cause: unknown): { readonly stack?: string } {
  if (!(cause instanceof Error) || !cause.stack) return {};
  const frames = cause.stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames.length > 0 ? { stack: frames.map((frame) => harmless(frame.trim())).join("\n") } : {};
}
