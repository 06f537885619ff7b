/** The level of a line. */
export type Level = "debug" | "info" | "warn" | "error";

type Write = (...args: never[]) => unknown;

/**
 * A logger such as pino (also Fastify's `app.log`), winston or `console`. Any other logger that takes a message and
 * then an object of fields works too.
 */
export interface LoggerLike {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/**
 * The order of a logger's arguments: `fields-first` (pino, bunyan), `message-first` (winston), `text` (`console`: a
 * line without fields).
 */
export type LoggerShape = "fields-first" | "message-first" | "text";

/** Writes one line. */
export type WriteLine = (level: Level, message: string, fields: Readonly<Record<string, unknown>>) => void;

/** What each of them has beside its levels. */
interface Known {
  /** Of pino. */
  readonly bindings?: unknown;
  /** Of a console. */
  readonly groupEnd?: unknown;
  /** Of pino and winston. */
  readonly isLevelEnabled?: (level: string) => boolean;
}

function shapeOf(logger: LoggerLike & Known): LoggerShape {
  if (typeof logger.groupEnd === "function") return "text";
  return typeof logger.bindings === "function" ? "fields-first" : "message-first";
}

/** Writes to a logger in the order that it takes. */
export function writerOf(logger: LoggerLike, shape: LoggerShape = shapeOf(logger)): WriteLine {
  const loose = logger as Readonly<Record<Level, (...args: unknown[]) => unknown>>;
  return (level, message, fields) => {
    if (shape === "fields-first") loose[level](fields, message);
    else if (shape === "message-first") loose[level](message, fields);
    else loose[level](message);
  };
}

/** Whether a logger writes lines of a level; one that cannot be asked writes all. */
export function levelsOf(logger: LoggerLike & Known): (level: Level) => boolean {
  return (level) => logger.isLevelEnabled?.(level) ?? true;
}
