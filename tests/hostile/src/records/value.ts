import type { DecodeFailureCode } from "@keyline/runtime/tools";
import { type Part, refused, taken } from "./part.js";

/** A record's value, with the headers by which it says what it is. */
export interface Value {
  readonly bytes: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[];
}

type Headers = Readonly<Record<string, string>>;

const made = (content: string | Buffer | null, headers: Headers): Value => ({
  bytes: content === null ? null : Buffer.from(content as string),
  headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]),
});

/** A value for which its record is refused. */
export const badValue = (
  what: string,
  content: string | Buffer | null,
  codes: DecodeFailureCode | readonly DecodeFailureCode[],
  headers: Headers = {},
): Part<Value> => refused(what, made(content, headers), ...[codes].flat());

/** A value that is odd, and an event. */
export const oddValue = (what: string, content: string | Buffer, headers: Headers = {}): Part<Value> =>
  taken(what, made(content, headers));
