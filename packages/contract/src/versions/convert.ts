import type { Perspective, Position } from "../contract.js";
import { follow } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { disguise, undisguise } from "../source/proto-names.js";
import { entries, entry, items, type MapNode, type SourceNode } from "../source/tree.js";
import { createIds, type Ids } from "./ids.js";
import { createMarks, type Marks, type Plain } from "./marks.js";
import { channel, message, type Pieces, parameter, root as rootPart, securityScheme, server } from "./pieces.js";

/** A part of a document that could not be converted. */
export interface ConversionFailure {
  readonly position: Position;
  /** The part by name: `channel order.placed`. */
  readonly name: string;
  readonly reason: string;
}

/** A document of version 2 as one of version 3, with the places of the original. */
export interface ConvertedDocument {
  readonly files: Files;
  readonly root: MapNode;
  readonly failures: readonly ConversionFailure[];
}

/** The version that documents are converted to. */
export const target = "3.1.0";

/** The sections of `components` that version 3 writes otherwise. */
const componentSections = {
  servers: server,
  messages: message,
  parameters: parameter,
  securitySchemes: securityScheme,
};
/** Their uses have taken their place. */
const usedUp: ReadonlySet<string> = new Set(["channels", "messageTraits", "operationTraits"]);

type Convert = typeof import("@asyncapi/converter").convert;
type ConvertOptions = NonNullable<Parameters<Convert>[2]>;

interface Converting {
  readonly pieces: Pieces;
  readonly ids: Ids;
  readonly failures: ConversionFailure[];
  readonly options: ConvertOptions;
  readonly convert: Convert;
}

/** The converter's own ids, with ours in their place. */
const optionsFor = (ids: Ids, marks: Marks, perspective: Perspective): ConvertOptions => ({
  v2tov3: {
    pointOfView: perspective,
    idGenerator: ({ kind, object, key, parentId = "", path }) => {
      const node = marks.nodeOf(object);
      if (!node) return String(key);
      if (kind === "channel") return disguise(ids.channel(node, String(key)));
      if (kind === "operation") return disguise(ids.operation(node, parentId, String(key)));
      return disguise(ids.message(node, String(path[1])));
    },
  },
});

/** The security schemes that a part names; the converter looks for them in the document's components. */
const schemesOf = ({ pieces }: Converting, node: SourceNode) => {
  const { files } = pieces;
  const places = [node, ...["publish", "subscribe"].map((kind) => follow(files, node, kind))];
  const lists = places.flatMap((place) => items(follow(files, place, "security")));
  const schemes = follow(files, files.main.root, "components", "securitySchemes");
  const names = new Set(lists.flatMap((one) => entries(one).map(([name]) => name)));
  return [...names].flatMap((name) => {
    const scheme = entry(schemes, name);
    return scheme ? [[name, securityScheme(pieces, scheme)] as const] : [];
  });
};

/** Converts one part as a document of its own: what all its parts take together grows with the square of their number. */
const convertAlone = (converting: Converting, node: SourceNode, name: string, document: Plain & object) => {
  try {
    const given = { asyncapi: "2.6.0", info: {}, ...document };
    return converting.convert(given, target, converting.options) as { readonly [key: string]: unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    converting.failures.push({ position: node.label, name, reason });
    return null;
  }
};

const valueAt = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined), value);

type Entry = readonly [string, SourceNode];

const entriesAt = (value: unknown, ...path: readonly string[]): readonly (readonly [string, unknown])[] =>
  Object.entries(valueAt(value, ...path) ?? {});

const mapAt = (near: SourceNode, file: string, found: readonly Entry[]): MapNode => {
  const { position, label, path } = near;
  return { kind: "map", position, label, path, file, entries: new Map(found) };
};

/** A component: its name stays. */
const convertComponent = (
  converting: Converting,
  section: keyof typeof componentSections,
  [name, node]: Entry,
): readonly Entry[] => {
  const key = disguise(name);
  const schemes = Object.fromEntries(section === "servers" ? schemesOf(converting, node) : []);
  const part = { [key]: componentSections[section](converting.pieces, node) };
  const components =
    section === "securitySchemes" ? { securitySchemes: part } : { securitySchemes: schemes, [section]: part };
  const made = convertAlone(converting, node, `components.${section}.${name}`, { components });
  const found = valueAt(made, "components", section, key);
  return found === undefined ? [] : [[name, converting.pieces.marks.rebuild(found, node)]];
};

const convertComponents = (converting: Converting, file: string): readonly Entry[] => {
  const { files } = converting.pieces;
  const components = follow(files, files.main.root, "components");
  if (components?.kind !== "map") return [];
  const isSection = (key: string): key is keyof typeof componentSections => Object.hasOwn(componentSections, key);
  const made = entries(components).flatMap(([key, node]): readonly Entry[] => {
    if (usedUp.has(key)) return [];
    const parts = isSection(key) ? follow(files, node) : null;
    if (!isSection(key) || parts?.kind !== "map") return [[key, node]];
    return [
      [
        key,
        mapAt(
          node,
          file,
          entries(parts).flatMap((one) => convertComponent(converting, key, one)),
        ),
      ],
    ];
  });
  return [["components", mapAt(components, file, made)]];
};

const convertServers = (converting: Converting, file: string): readonly Entry[] => {
  const { files, marks } = converting.pieces;
  const servers = follow(files, files.main.root, "servers");
  if (servers?.kind !== "map") return [];
  const made = entries(servers).flatMap(([name, node]): readonly Entry[] => {
    const components = { securitySchemes: Object.fromEntries(schemesOf(converting, node)) };
    const document = { servers: { [disguise(name)]: server(converting.pieces, node) }, components };
    const [found] = entriesAt(convertAlone(converting, node, `server ${name}`, document), "servers");
    return found ? [[name, marks.rebuild(found[1], node)]] : [];
  });
  return [["servers", mapAt(servers, file, made)]];
};

/** The channels, and the operations that stand in them in version 2. */
const convertChannels = (converting: Converting, file: string): readonly Entry[] => {
  const { files, marks } = converting.pieces;
  const channels = follow(files, files.main.root, "channels");
  if (channels?.kind !== "map") return [];
  const made = entries(channels).map(([name, node]) => {
    const components = { securitySchemes: Object.fromEntries(schemesOf(converting, node)) };
    const document = { channels: { [disguise(name)]: channel(converting.pieces, node) }, components };
    const converted = convertAlone(converting, node, `channel ${name}`, document);
    const rebuilt = (section: string) =>
      entriesAt(converted, section).map(([id, value]): Entry => [undisguise(id), marks.rebuild(value, node)]);
    return { channels: rebuilt("channels"), operations: rebuilt("operations") };
  });
  const operations = made.flatMap((one) => one.operations);
  return [
    [
      "channels",
      mapAt(
        channels,
        file,
        made.flatMap((one) => one.channels),
      ),
    ],
    ...(operations.length > 0 ? [["operations", mapAt(channels, file, operations)] as const] : []),
  ];
};

/** What stands at the root itself. */
const convertRoot = (converting: Converting, root: MapNode): readonly Entry[] => {
  const { pieces } = converting;
  const kept = [...root.entries].filter(([key]) => !["servers", "channels", "components"].includes(key));
  const document = rootPart(pieces, { ...root, entries: new Map(kept) });
  return entries(pieces.marks.rebuild(convertAlone(converting, root, "the document", document), root));
};

/**
 * A document of version 2 as one of version 3, by the official converter. Each part goes through it alone, with what its
 * references lead to in its place. What the converter makes is in a file of its own, so that a reference is resolved in the
 * document for which it was written: those of the author in the original, those of the converter in what it made.
 */
export const convertDocument = async (
  written: Files,
  root: MapNode,
  perspective: Perspective,
): Promise<ConvertedDocument> => {
  const { convert } = await import("@asyncapi/converter");
  const file = `${written.main.path}#converted`;
  const marks = createMarks(file);
  const pieces: Pieces = { files: written, marks, merged: new Map() };
  const ids = createIds(written);
  const failures: ConversionFailure[] = [];
  const converting: Converting = { pieces, ids, failures, options: optionsFor(ids, marks, perspective), convert };
  const own = convertRoot(converting, root);
  // It states the version that its author wrote.
  const stated = entry(root, "asyncapi") ?? root;
  const isExtension = ([key]: Entry) => key.startsWith("x-");
  const converted = mapAt(root, file, [
    ["asyncapi", stated],
    ...own.filter((one) => !isExtension(one) && one[0] !== "asyncapi"),
    ...[convertServers, convertChannels, convertComponents].flatMap((convertPart) => convertPart(converting, file)),
    ...own.filter(isExtension),
  ]);
  const main = { ...written.main, root: converted };
  const byPath = new Map(written.byPath).set(file, { ...main, path: file });
  return { files: { ...written, main, byPath }, root: converted, failures };
};
