import { parsePointer } from "@keyline/json-schema";
import { applyTraits } from "../model/traits.js";
import { deref, refText } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entry, items, type MapNode, type SourceNode, toJson } from "../source/tree.js";
import type { Fields, Marks, Plain } from "./marks.js";

/**
 * The parts of a document of version 2 that version 3 writes otherwise, as the converter is given them. It knows neither
 * files nor pieces: so each `$ref` that stands for such a part is replaced by it, whatever its file (but those to the
 * document's own component messages, whose names stay), and traits, which win over their target in version 2, are merged.
 *
 * Invariant: `merged` has for each node with traits what they make of it, so that one node stays one node.
 */
export interface Pieces {
  readonly files: Files;
  readonly marks: Marks;
  readonly merged: Map<MapNode, MapNode>;
}

type Write = (pieces: Pieces, written: SourceNode) => Plain;

/** The name of the component that a reference leads to by the shortest way; null for any other reference. */
export const componentName = (ref: string, section: string): string | null => {
  const tokens = ref.startsWith("#/") ? parsePointer(ref.slice(1)) : null;
  const [components, found, name, ...rest] = tokens ?? [];
  return components === "components" && found === section && rest.length === 0 ? (name ?? null) : null;
};

const plain = (node: SourceNode): Plain => toJson(node) as Plain;

/** A part behind its references. Where that is not a map, the official parser reports it. */
const part =
  (write: (pieces: Pieces, node: MapNode) => Plain): Write =>
  (pieces, written) => {
    const node = deref(pieces.files, written);
    return node?.kind === "map" ? write(pieces, node) : pieces.marks.leaf(written);
  };

/** A map of names, with one kind of part behind each. */
const mapOf = (write: Write, isPart: (name: string) => boolean = () => true): Write =>
  part((pieces, node) => {
    const names = [...node.entries.keys()].filter(isPart);
    const fields: Fields = Object.fromEntries(names.map((name) => [name, (one: SourceNode) => write(pieces, one)]));
    return pieces.marks.nameMap(node, fields);
  });

const only = (node: MapNode, isKept: (key: string) => boolean): MapNode => ({
  ...node,
  entries: new Map([...node.entries].filter(([key]) => isKept(key))),
});

const withTraits = ({ files, merged }: Pieces, node: MapNode): MapNode => {
  if (!entry(node, "traits")) return node;
  const made = merged.get(node) ?? only(applyTraits(files, node, "traits-win"), (key) => key !== "traits");
  merged.set(node, made);
  return made;
};

const security: Write = ({ files }, written) => plain(deref(files, written) ?? written);

export const server = part((pieces, node) =>
  pieces.marks.map(node, { url: plain, security: (written) => security(pieces, written) }),
);

/** All that version 3 keeps of a parameter, and of its schema. */
const parameterFields: ReadonlySet<string> = new Set(["location", "schema", "description"]);
const parameterKeywords: ReadonlySet<string> = new Set(["enum", "const", "default", "examples", "description"]);

const parameterSchema: Write = ({ files, marks }, written) => {
  const node = deref(files, written);
  return node?.kind === "map"
    ? marks.nameMap(
        only(node, (key) => parameterKeywords.has(key)),
        {},
      )
    : {};
};

/** Without a mark: the converter spoils what it does not know in a parameter. */
export const parameter = part((pieces, node) =>
  pieces.marks.nameMap(
    only(node, (key) => parameterFields.has(key)),
    { schema: (written) => parameterSchema(pieces, written) },
  ),
);

export const message = part((pieces, node) => pieces.marks.map(withTraits(pieces, node)));

const messageOfOperation: Write = (pieces, written) => {
  const ref = refText(written);
  const isOwn = written.file === pieces.files.main.path && ref !== null && componentName(ref, "messages") !== null;
  return isOwn && written.kind === "map" ? pieces.marks.map(written, { $ref: plain }) : message(pieces, written);
};

/** The messages that one may be, also where a choice is one of the choices. */
const choicesOf = (files: Files, written: SourceNode, seen: ReadonlySet<SourceNode>): readonly SourceNode[] => {
  const node = deref(files, written);
  const oneOf = deref(files, entry(node, "oneOf"));
  if (node === null || seen.has(node) || oneOf?.kind !== "list") return [written];
  return items(oneOf).flatMap((one) => choicesOf(files, one, new Set(seen).add(node)));
};

const messages: Write = (pieces, written) => {
  const choices = choicesOf(pieces.files, written, new Set());
  if (choices.length === 1 && choices[0] === written) return messageOfOperation(pieces, written);
  return { oneOf: choices.map((one) => messageOfOperation(pieces, one)) };
};

const operation = part((pieces, node) =>
  pieces.marks.map(withTraits(pieces, node), {
    message: (written) => messages(pieces, written),
    security: (written) => security(pieces, written),
  }),
);

/** A channel is known by its own name in the document, wherever the rest of it stands. */
export const channel: Write = (pieces, written) =>
  part((_, node) =>
    pieces.marks.map(
      { ...node, label: written.label },
      {
        servers: plain,
        parameters: (one) => mapOf(parameter)(pieces, one),
        publish: (one) => operation(pieces, one),
        subscribe: (one) => operation(pieces, one),
      },
    ),
  )(pieces, written);

const flow = part(({ marks }, node) => marks.map(node, { scopes: marks.leaf }));
const flowKinds: ReadonlySet<string> = new Set(["implicit", "password", "clientCredentials", "authorizationCode"]);
const flows = mapOf(flow, (name) => flowKinds.has(name));

export const securityScheme = part((pieces, node) =>
  pieces.marks.map(node, { type: plain, flows: (written) => flows(pieces, written) }),
);

const info = part(({ marks }, node) => marks.map(node));

/** The root, of which tags and links to documentation move into `info`. */
export const root = (pieces: Pieces, node: MapNode) =>
  pieces.marks.map(node, { asyncapi: plain, info: (written) => info(pieces, written) });
