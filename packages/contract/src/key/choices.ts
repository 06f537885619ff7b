import { parsePointer } from "@keyline/json-schema";
import { createReporter } from "../diagnostics/reporter.js";
import { type ReadChannel, readChannels } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import { type LoadOptions, openDocument } from "../open-document.js";
import { createSchemaRegistry } from "../schemas/registry.js";
import { createContractReader } from "../source/contract-reader.js";
import { openFiles } from "../source/files.js";
import { entry, type MapNode, type SourceNode } from "../source/tree.js";
import { declaredKeys } from "./binding.js";
import { candidatesOf } from "./candidates.js";
import { domainAlone, expressionOf, tryDomain } from "./fit.js";
import {
  channelInsertion,
  createOffsets,
  domainInsertion,
  type Insertion,
  insertAll,
  type Place,
} from "./insertion.js";
import { orderingField, orderingLine } from "./ordering-lines.js";

/** A field that can be the key of a contract's events. */
export interface KeyChoice {
  /** The field's path in the payload. */
  readonly path: readonly string[];
  /** The runtime expression of the field. */
  readonly expression: string;
  /** Ids of the channels whose messages all require it, with one type and one partition count. */
  readonly channels: readonly string[];
  /** Ids of the other Kafka channels: their records would have no key. */
  readonly others: readonly string[];
}

/** The possible keys of a contract without `x-ordering`. */
export interface KeyChoices {
  /** Whether the contract itself says which of its topics have a key, by `x-ordering` or in a key binding. */
  readonly isDecided: boolean;
  /** Fields that are likely to be the key, those of the most channels first. */
  readonly likely: readonly KeyChoice[];
  /** The choice for a field, named by its name, its pointer or a runtime expression. Null if no channel can have it. */
  choose(field: string): KeyChoice | null;
  /** The line at the contract's root that declares a choice's domain, in YAML or JSON. */
  line(choice: KeyChoice): string;
  /** The files that change, with the lines for a choice, by the names that diagnostics show. */
  write(choice: KeyChoice): ReadonlyMap<string, string>;
}

const open = async (
  file: string,
  { readFile = createContractReader({ file }), perspective }: LoadOptions,
): Promise<Reading | null> => {
  const files = openFiles((await readFile(file)).replace(/^\uFEFF/, ""), file, readFile);
  const reporter = createReporter();
  const opened = await openDocument(files, reporter, perspective);
  if (opened === null) return null;
  const schemas = createSchemaRegistry(opened.files, reporter);
  return { files: opened.files, root: opened.root, reporter, schemas, isValid: true, isStrict: false };
};

/** The path of a field that a person names. */
const pathOf = (field: string): readonly string[] | null => {
  const pointer = field.replace(/^\$message\.payload#/, "");
  const path = pointer.startsWith("/") ? parsePointer(pointer) : /^[$#]/.test(pointer) ? null : [pointer];
  return path !== null && path.length > 0 && path.every((token) => token !== "") ? path : null;
};

interface Able {
  readonly id: string;
  /** What the channels of a domain have in common. */
  readonly shape: string;
}

const ableChannel = (reading: Reading, read: ReadChannel, path: readonly string[]): readonly Able[] => {
  const { id, partitions } = read.channel;
  if (read.messages.length === 0 || entry(read.node, "x-ordering")) return [];
  const { problem, keyType } = tryDomain(reading, domainAlone(id, path, read.node), read);
  return problem === null ? [{ id, shape: JSON.stringify([keyType, partitions]) }] : [];
};

const choiceOf = (reading: Reading, channels: readonly ReadChannel[], path: readonly string[]): KeyChoice => {
  const able = Map.groupBy(
    channels.flatMap((read) => ableChannel(reading, read, path)),
    ({ shape }) => shape,
  );
  const [most = []] = [...able.values()].sort((a, b) => b.length - a.length);
  const chosen = new Set(most.map(({ id }) => id));
  const others = channels.map(({ channel }) => channel.id).filter((id) => !chosen.has(id));
  return { path, expression: expressionOf(path), channels: [...chosen], others };
};

/** A key of which nothing is known. */
const anyKey = (node: MapNode): SourceNode => ({ ...node, entries: new Map() });

/** More fields than this are not tried in every channel. */
const maxLikely = 20;

const likelyChoices = (reading: Reading, channels: readonly ReadChannel[]): readonly KeyChoice[] => {
  const found = channels.flatMap((read) => {
    const [key] = declaredKeys(reading, read);
    return candidatesOf(reading, read, key?.node ?? anyKey(read.node)).filter(({ once }) => once === null);
  });
  const often = [...Map.groupBy(found, ({ expression }) => expression).values()].sort((a, b) => b.length - a.length);
  return often
    .slice(0, maxLikely)
    .flatMap(([first]) => (first ? [choiceOf(reading, channels, first.path)] : []))
    .filter((one) => one.channels.length > 0)
    .sort((a, b) => b.channels.length - a.channels.length);
};

const isDecided = (reading: Reading, channels: readonly ReadChannel[]): boolean =>
  entry(reading.root, "x-ordering") !== undefined ||
  channels.some((read) => declaredKeys(reading, read).some(({ expression }) => expression !== undefined));

/** The name of a domain: that of its key. */
const domainName = ({ path }: KeyChoice) => path.at(-1) ?? "";

const insertionsFor = (
  place: Place,
  root: MapNode,
  channels: readonly ReadChannel[],
  choice: KeyChoice,
): readonly Insertion[] => [
  domainInsertion(place, root, domainName(choice), choice.expression),
  ...channels
    .filter(({ channel, node }) => choice.others.includes(channel.id) && !entry(node, "x-ordering"))
    .map(({ node }) => channelInsertion(place, node, "none")),
];

/** Reads which fields of a contract can be its events' key. Null if the document cannot be read. */
export const readKeyChoices = async (file: string, options: LoadOptions = {}): Promise<KeyChoices | null> => {
  const reading = await open(file, options);
  if (reading === null) return null;
  const channels = readChannels(reading);
  const decided = isDecided(reading, channels);
  return {
    isDecided: decided,
    likely: decided ? [] : likelyChoices(reading, channels),
    choose(field) {
      const path = pathOf(field);
      const choice = path === null ? null : choiceOf(reading, channels, path);
      return choice !== null && choice.channels.length > 0 ? choice : null;
    },
    line: (choice) => rootLine(reading, domainName(choice), choice.expression),
    write: (choice) =>
      applied(
        reading,
        insertionsFor({ files: reading.files, offsets: createOffsets() }, reading.root, channels, choice),
      ),
  };
};

const rootLine = ({ files }: Reading, domain: string, key: string): string =>
  files.main.text.trimStart().startsWith("{") ? `${orderingField(domain, key)},` : orderingLine(domain, key);

/** The texts of files after insertions. */
const applied = ({ files }: Reading, insertions: readonly Insertion[]): ReadonlyMap<string, string> => {
  const byFile = Map.groupBy(insertions, ({ file }) => file);
  return new Map(
    [...byFile].flatMap(([path, all]) => {
      const file = files.byPath.get(path);
      return file ? [[file.name, insertAll(file.text, all)] as const] : [];
    }),
  );
};
