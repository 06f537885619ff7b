import { isObject } from "@keyline/json-schema";
import { headerText } from "@keyline/runtime/tools";
import type { Headers } from "@keyline/runtime/transport";
import type { ClientMark } from "./fingerprint.js";

/** What a record that could not be read as an event says about itself. */
export interface Peeked {
  readonly source: string | null;
  readonly eventId: string | null;
  /** Recognised by Dapr's own field in the envelope, even if it has no metadata. */
  readonly client: ClientMark | null;
}

/** Finds out which producer wrote a record that is not a valid event of its contract. Never throws. */
export function peek(value: Uint8Array | null, headers: Headers, idPath: readonly string[] | null): Peeked {
  const outer = objectOf(value);
  const inner = recordOf(outer.data);
  const id = idPath?.length === 1 ? (idPath[0] ?? "") : "";
  return {
    source: textOf(outer.source) ?? headerText(headers, "ce_source"),
    eventId: textOf(inner[id]) ?? textOf(outer[id]) ?? textOf(outer.id) ?? headerText(headers, "ce_id"),
    client: textOf(outer.pubsubname) === null ? null : "dapr",
  };
}

type Fields = Readonly<Record<string, unknown>>;

const nothing: Fields = {};

function objectOf(value: Uint8Array | null): Fields {
  if (value === null) return nothing;
  try {
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8");
    return recordOf(JSON.parse(text));
  } catch {
    return nothing;
  }
}

const recordOf = (value: unknown): Fields => (isObject(value) ? value : nothing);

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
