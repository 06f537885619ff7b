import { isScope } from "@keyline/codegen";
import { parseDuration, parseMoment } from "../cluster/moment.js";
import { invalid } from "./parameters.js";

/** A time ago, or a date or time, in milliseconds since 1970. */
export const moment = (text: string): number =>
  parseMoment(text, Date.now()) ?? invalid("Not a time: pass 30m, 1h, 2d ago, 2026-01-31 or 2026-01-31T12:00Z.");

/** A span of time in milliseconds. */
export const duration = (text: string): number =>
  parseDuration(text) ?? invalid("Not a duration: pass 30s, 10m, 1h or 2d.");

/** A whole number above 0. */
export const count = (text: string): number =>
  /^[1-9]\d{0,8}$/.test(text) ? Number(text) : invalid("Not a number: pass 1, 2, 3, …");

/** Whole numbers above 0, separated by commas. */
export const counts = (text: string): readonly number[] => text.split(",").map((one) => count(one.trim()));

/** A number of replicas of a topic. */
export const replicas = (text: string): number =>
  /^[1-9]\d?$/.test(text) ? Number(text) : invalid("Not a number of replicas: pass 1, 2, 3, …");

/** Seconds. */
export const seconds = (text: string): number =>
  /^\d{1,5}$/.test(text) ? Number(text) : invalid("Not a number of seconds.");

/** An npm scope. */
export const scope = (text: string): string =>
  isScope(text) ? text : invalid("Not a valid npm scope: pass one like @my-events.");
