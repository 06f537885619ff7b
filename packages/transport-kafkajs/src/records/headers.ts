import type { Headers } from "@keyline/runtime";
import type { IHeaders } from "kafkajs";

/** As kafkajs writes them: a name once, with all of its values. */
export function toKafkaHeaders(headers: Headers): IHeaders {
  const names = Map.groupBy(headers, ([name]) => name);
  // `fromEntries` makes own properties, also of a header called __proto__.
  return Object.fromEntries([...names].map(([name, some]) => [name, some.map(([, value]) => bufferOf(value))]));
}

/** As kafkajs read them; values of one name are in their order. */
export function fromKafkaHeaders(headers: IHeaders): Headers {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, bytesOf(value)] as const),
  );
}

/** The same bytes as a Buffer, which is the only thing that kafkajs does not turn into text. */
export const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function bytesOf(value: Buffer | string | undefined | null): Uint8Array {
  if (value === undefined || value === null) return new Uint8Array();
  return typeof value === "string" ? Buffer.from(value) : value;
}
