import type { Diagnostic } from "../contract.js";
import type { Files } from "../source/files.js";
import type { SourceNode } from "../source/tree.js";
import { versionOf } from "./layout.js";

const components =
  "servers|channels|operations|messages|parameters|messageTraits|operationTraits|securitySchemes|replies";

/** Paths to what the two versions write otherwise. Schemas and bindings they write alike. */
const differing = new RegExp(
  `^(/(servers|operations|components/(${components}))/[^/]*|/channels/[^/]*(/(publish|subscribe)(/message(/oneOf/\\d+)?)?|/(messages|parameters)/[^/]*)?)?$`,
);

/** What is wrong with a reference from a document of one version to a part of one of another; null where nothing is. */
export const otherVersion = (
  { byPath, main }: Files,
  from: SourceNode,
  ref: string,
  target: SourceNode,
): Pick<Diagnostic, "message" | "fix"> | null => {
  const found = versionOf(byPath.get(target.file)?.root);
  const own = versionOf(byPath.get(from.file)?.root) ?? versionOf(main.root);
  if (found === null || own === null || found.major === own.major) return null;
  if (!differing.test(target.path.map((token) => `/${token.replaceAll("/", "~1")}`).join(""))) return null;
  const old = found.major === 2 ? "the file that it leads to" : "the file that has this $ref";
  return {
    message: `$ref ${JSON.stringify(ref)} leads from AsyncAPI ${own.version} into AsyncAPI ${found.version}, which writes this part otherwise`,
    fix: `convert ${old}: keyline convert FILE`,
  };
};
