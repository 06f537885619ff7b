import { deref, follow } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entries, entry, type SourceNode, text } from "../source/tree.js";

/** Whether documents of a version are read. */
export const isSupported = (version: string): boolean => /^(2\.[0-6]\.0|3\.[01]\.0)$/.test(version);

/** What a document says that it is. */
export interface DocumentVersion {
  readonly version: string;
  readonly major: 2 | 3;
}

/** The version of AsyncAPI that a root states; null where it states none, or one that is not supported. */
export const versionOf = (root: SourceNode | null | undefined): DocumentVersion | null => {
  const version = text(entry(root, "asyncapi"));
  if (version === null || !isSupported(version)) return null;
  return { version, major: version.startsWith("2") ? 2 : 3 };
};

const partsOf3 = {
  document: ["operations"],
  server: ["host", "pathname"],
  channel: ["address", "messages"],
  components: ["operations", "replies", "replyAddresses"],
} as const;

/** A part of version 3 in a document of version 2: the name of its first, and the node behind it. */
export const findPartOf3 = (files: Files, root: SourceNode): readonly [string, SourceNode] | null => {
  const children = (name: string) => entries(follow(files, root, name)).map(([, node]) => deref(files, node));
  const places = [
    { nodes: [root], names: partsOf3.document },
    { nodes: children("servers"), names: partsOf3.server },
    { nodes: children("channels"), names: partsOf3.channel },
    { nodes: [follow(files, root, "components")], names: partsOf3.components },
  ];
  const found = places.flatMap(({ nodes, names }) =>
    nodes.flatMap((node) => entries(node).filter(([key]) => (names as readonly string[]).includes(key))),
  );
  return found[0] ?? null;
};
