import { dirname, relative, resolve, sep } from "node:path";
import { encodeToken, type Json } from "@keyline/json-schema";
import { stringify } from "yaml";
import { refFile, refText, resolveRef } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entries, items, type MapNode, type SourceNode } from "../source/tree.js";
import { target } from "./convert.js";

interface Writing {
  /** The converted document and the files behind it. */
  readonly files: Files;
  readonly root: MapNode;
  /** The folder that references start from. */
  readonly folder: string;
  /** Where each node stands in the converted document. */
  readonly places: ReadonlyMap<SourceNode, readonly string[]>;
}

const placesIn = (root: SourceNode): ReadonlyMap<SourceNode, readonly string[]> => {
  const places = new Map<SourceNode, readonly string[]>();
  const visit = (node: SourceNode, path: readonly string[]) => {
    if (places.has(node)) return;
    places.set(node, path);
    for (const [key, value] of entries(node)) visit(value, [...path, key]);
    items(node).forEach((item, index) => {
      visit(item, [...path, String(index)]);
    });
  };
  visit(root, []);
  return places;
};

const pointerOf = (path: readonly string[]) => path.map((token) => `/${encodeURI(encodeToken(token))}`).join("");

/** A reference as it has to stand in the new document: it may have stood in another file, or lead to what has moved. */
const refIn = ({ files, root, folder, places }: Writing, node: SourceNode, ref: string): string => {
  const path = refFile(node.file, ref);
  if (path === null || node.file === root.file) return ref;
  const at = ref.indexOf("#");
  const fragment = at < 0 ? "" : ref.slice(at);
  if (path !== files.main.path) return `${relative(folder, path).split(sep).join("/")}${fragment}`;
  const old = resolveRef(files, node.file, ref);
  const stays = resolveRef(files, root.file, fragment);
  if (old.kind !== "node" || (stays.kind === "node" && stays.node === old.node)) return fragment;
  const place = places.get(old.node);
  return place === undefined ? fragment : `#${pointerOf(place)}`;
};

/** Versions of the Kafka bindings that AsyncAPI 3 knows; the words of older ones mean the same in the newest. */
const bindingVersions: ReadonlySet<unknown> = new Set(["0.3.0", "0.4.0", "0.5.0"]);

/** A topic's settings as AsyncAPI 3 has them: its cleanup policies are a list there, and to Kafka words between commas. */
const topicConfiguration = (written: Json): Json => {
  const policy = isObject(written) ? written["cleanup.policy"] : undefined;
  return isObject(written) && typeof policy === "string"
    ? { ...written, "cleanup.policy": policy.split(",").map((word) => word.trim()) }
    : written;
};

/** Kafka bindings as AsyncAPI 3 has them: an id is a schema there. */
const kafkaBinding = (written: { readonly [key: string]: Json }): Json =>
  Object.fromEntries(
    Object.entries(written)
      .filter(([key, value]) => key !== "bindingVersion" || bindingVersions.has(value))
      .map(([key, value]) => {
        if (key === "topicConfiguration") return [key, topicConfiguration(value)];
        const isText = (key === "groupId" || key === "clientId") && typeof value === "string";
        return [key, isText ? { type: "string", enum: [value] } : value];
      }),
  );

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isBindings = (path: readonly string[]) =>
  path.at(-1) === "bindings" || (path.length === 3 && path[0] === "components" && /Bindings$/.test(path[1] ?? ""));

const written = (writing: Writing, node: SourceNode, path: readonly string[] = []): Json => {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map((item, index) => written(writing, item, [...path, String(index)]));
  const ref = refText(node);
  const pairs = entries(node).map(([key, value]): [string, Json] => {
    const json = written(writing, value, [...path, key]);
    if (key === "$ref" && ref !== null) return [key, refIn(writing, node, ref)];
    return [key, key === "kafka" && isBindings(path) && isObject(json) ? kafkaBinding(json) : json];
  });
  return Object.fromEntries(pairs);
};

/** A converted document as a value, to be written to a file of that path. */
export const convertedValue = (files: Files, root: MapNode, path: string): Json => {
  const writing = { files, root, folder: dirname(resolve(path)), places: placesIn(root) };
  return { ...(written(writing, root) as object), asyncapi: target };
};

/** It as YAML; comments are lost. In YAML 1.1 too, which many tools read, a text stays a text. */
export const printConverted = (document: Json): string =>
  stringify(document, { aliasDuplicateObjects: false, version: "1.1" });
