import { type Command, InvalidArgumentError } from "commander";
import { parseDuration, parseMoment } from "./moment.js";

/** A time ago, or a date or time, in milliseconds since 1970. */
export function momentArgument(text: string): number {
  const timeMs = parseMoment(text, Date.now());
  if (timeMs !== null) return timeMs;
  throw new InvalidArgumentError("It is no time: pass 30m, 1h, 2d ago, 2026-01-31 or 2026-01-31T12:00Z.");
}

/** A span of time in milliseconds. */
export function durationArgument(text: string): number {
  const spanMs = parseDuration(text);
  if (spanMs !== null) return spanMs;
  throw new InvalidArgumentError("It is no duration: pass 30s, 10m, 1h or 2d.");
}

/** A whole number above 0. */
export function countArgument(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is no number: pass 1, 2, 3, …");
}

/** An option that may be given more than once. */
export const listArgument = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** Adds which part of which cluster's topics a command reads. */
export const addScope = (command: Command): Command =>
  command
    .option("--brokers <list>", "brokers of the cluster, as host:port, separated by commas")
    .option("--topic <name>", "this topic alone; may be given more than once", listArgument)
    .option(
      "--since <time>",
      "from this time on: 15m, 2h, 3d ago, or a date (default: the logs' start)",
      momentArgument,
    )
    .option("--until <time>", "up to this time (default: the logs' end)", momentArgument);
