import type { Partitioner } from "../contract.js";
import { entries, entry, type MapNode, number, type SourceNode, text } from "../source/tree.js";
import type { ReadChannel } from "./channel.js";
import type { Reading } from "./document.js";
import { parseLocation } from "./message.js";

/** A domain as `x-ordering` declares it. */
export interface DeclaredDomain {
  readonly name: string;
  readonly partitioner: Partitioner;
  readonly keyExpression: string;
  readonly keyPath: readonly string[];
  /** Null where it is not stated. */
  readonly maxKeyBytes: number | null;
  readonly node: MapNode;
}

/** What `x-ordering` says; names that a channel may use include those of malformed domains. */
export interface Ordering {
  readonly names: readonly string[];
  readonly domains: readonly DeclaredDomain[];
}

const partitioners: readonly Partitioner[] = ["murmur2", "consistent", "fnv1a"];
const domainFields: ReadonlySet<string> = new Set(["key", "partitioner", "maxKeyBytes", "description"]);

const isPartitioner = (value: string): value is Partitioner => partitioners.some((known) => known === value);

const shape = (reading: Reading, node: SourceNode, message: string, fix: string) =>
  reading.reporter.report("ordering-shape", node.label, { message, fix });

const readPartitioner = (reading: Reading, name: string, node: MapNode): Partitioner | null => {
  const at = entry(node, "partitioner");
  const written = text(at);
  if (!at || written === null) {
    shape(reading, at ?? node, `domain ${name} names no partitioner`, `add partitioner: ${partitioners.join(", ")}`);
    return null;
  }
  if (isPartitioner(written)) return written;
  reading.reporter.report("ordering-partitioner", at.position, {
    message: `domain ${name} has the unknown partitioner ${JSON.stringify(written)}`,
    fix: `choose one of ${partitioners.join(", ")}: the one that all producers of the domain use`,
  });
  return null;
};

const example = "$message.payload#/student_id";

const readKey = (reading: Reading, name: string, node: MapNode): readonly string[] | null => {
  const at = entry(node, "key");
  const written = text(at);
  if (!at || written === null) {
    shape(reading, at ?? node, `domain ${name} names no key`, `add key, a runtime expression such as ${example}`);
    return null;
  }
  const location = parseLocation(written);
  if (location?.in === "header") {
    reading.reporter.report("key-location", at.position, {
      message: `the key of domain ${name} lies in the headers, which not every reader and producer has`,
      fix: `point into the payload, e.g. ${example}`,
    });
  } else if (location === null || location.path.length === 0) {
    const why = location === null ? "is not a valid runtime expression" : "names no field";
    reading.reporter.report("key-expression", at.position, {
      message: `the key ${JSON.stringify(written)} of domain ${name} ${why}`,
      fix: `write it as ${example}`,
    });
  }
  return location?.in === "payload" && location.path.length > 0 ? location.path : null;
};

/** The longest key, in bytes, of a domain that states none. The runtime has the same default. */
export const defaultMaxKeyBytes = 1024;

/** What names a row has to fit a database's index. */
const mostKeyBytes = 2000;

const readMaxKeyBytes = (reading: Reading, name: string, node: MapNode): number | null => {
  const at = entry(node, "maxKeyBytes");
  if (!at) return null;
  const written = number(at);
  if (written !== null && Number.isInteger(written) && written >= 1 && written <= mostKeyBytes) return written;
  const message = `maxKeyBytes of domain ${name} is not a whole number from 1 to ${mostKeyBytes}`;
  shape(reading, at, message, "state how many bytes of UTF-8 a key may have, or leave it out for 1024");
  return null;
};

const checkFields = (reading: Reading, name: string, node: MapNode) => {
  for (const [key, value] of entries(node)) {
    if (domainFields.has(key) || key.startsWith("x-")) continue;
    shape(
      reading,
      value,
      `domain ${name} has the unknown field ${key}`,
      "remove it or correct its name: key, partitioner, maxKeyBytes",
    );
  }
};

const readDomain = (reading: Reading, name: string, node: SourceNode): readonly DeclaredDomain[] => {
  if (name === "none") {
    shape(reading, node, "a domain is named none, which on a channel means that it has no domain", "rename the domain");
    return [];
  }
  if (node.kind !== "map") {
    shape(reading, node, `domain ${name} is not a map`, "give it a key and a partitioner");
    return [];
  }
  checkFields(reading, name, node);
  const keyPath = readKey(reading, name, node);
  const partitioner = readPartitioner(reading, name, node);
  const maxKeyBytes = readMaxKeyBytes(reading, name, node);
  if (keyPath === null || partitioner === null) return [];
  return [{ name, partitioner, keyExpression: text(entry(node, "key")) ?? "", keyPath, maxKeyBytes, node }];
};

/** Reads `x-ordering` at the root. */
export const readOrdering = (reading: Reading): Ordering => {
  const node = entry(reading.root, "x-ordering");
  if (!node) return { names: [], domains: [] };
  if (node.kind !== "map" || node.entries.size === 0) {
    shape(
      reading,
      node,
      "x-ordering is not a map of domains",
      "write x-ordering: { NAME: { key: ..., partitioner: ... } }",
    );
    return { names: [], domains: [] };
  }
  const domains = entries(node).flatMap(([name, domain]) => readDomain(reading, name, domain));
  return { names: entries(node).map(([name]) => name), domains };
};

const unknownDomain = (reading: Reading, at: SourceNode, id: string, written: string, names: readonly string[]) =>
  reading.reporter.report("ordering-domain", at.position, {
    message: `channel ${id} names the unknown domain ${JSON.stringify(written)}`,
    fix: `name one of ${[...names, "none"].join(", ")}, or declare the domain in x-ordering at the root`,
  });

/** The name of a channel's domain; null if it has no key, or its domain is wrong. */
export const domainOf = (reading: Reading, { names }: Ordering, { channel, node }: ReadChannel): string | null => {
  const at = entry(node, "x-ordering");
  const written = text(at);
  if (at && written === null) {
    shape(reading, at, `x-ordering of channel ${channel.id} is not a name`, "name a domain, or none");
    return null;
  }
  if (at && written !== null) {
    if (written === "none") return null;
    if (names.includes(written)) return written;
    unknownDomain(reading, at, channel.id, written, names);
    return null;
  }
  if (names.length < 2) return names[0] ?? null;
  reading.reporter.report("ordering-ambiguous", channel.position, {
    message: `channel ${channel.id} names no domain, and there are ${names.length}: ${names.join(", ")}`,
    fix: "add x-ordering with the domain's name, or x-ordering: none",
  });
  return null;
};
