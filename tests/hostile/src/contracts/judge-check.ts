import { secret } from "./references.js";

/** How one `keyline check` ended. */
export interface Checked {
  readonly code: number | NodeJS.Signals;
  readonly out: string;
  readonly log: string;
  /** Milliseconds. */
  readonly tookMs: number;
}

/**
 * So long one contract may take: 5 s for its examples, 5 s for its patterns, a second for the keys of each domain and one for
 * default values, as docs/operations/security.md has it; what is left is reading 8 MiB and compiling schemas.
 */
export const boundMs = 30_000;

/** Controls and marks that a terminal obeys; of those a line feed alone may be printed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** What the output must have that belongs to each exit code. */
const reasons: Readonly<Record<string, RegExp>> = {
  0: /: (no problems|(?!.*\berrors?\b).*)\n(Next|Read more): /,
  1: /\berror file-unreadable\b/,
  3: /\d+ errors?/,
};

/** What is wrong with how a check ended; null where nothing is. */
export function judgeCheck({ code, out, log, tookMs }: Checked): string | null {
  const reason = reasons[code];
  if (reason === undefined) return `it ended with ${code}: ${log.slice(0, 300)}`;
  if (log !== "") return `it failed: ${log.slice(0, 300)}`;
  if (!reason.test(out)) return `it ended with ${code}, and does not say why: ${out.slice(-300)}`;
  if (out.includes(secret.marker)) return "it printed a file outside of the repository";
  if (controls.test(out)) return `it printed control characters: ${JSON.stringify(controls.exec(out)?.[0])}`;
  return tookMs <= boundMs ? null : `it took ${Math.round(tookMs)} ms`;
}
