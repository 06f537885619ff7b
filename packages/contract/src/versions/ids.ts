import { canonicalText } from "@keyline/json-schema";
import { deref, refText } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entry, type SourceNode, text, toJson } from "../source/tree.js";
import { componentName } from "./pieces.js";

/**
 * Ids for channels, operations and messages, which version 2 does not ask for. The converter's own repeat where the same
 * words stand twice, and what has one id is one thing to it.
 *
 * Invariant: `owners` has each id that was given, within its scope, with the text of the message that has it: two messages
 * share one only where they say the same in one file. Of channels and operations each asking has an id of its own.
 */
export const createIds = (files: Files) => {
  const owners = new Map<string, string | null>();
  const claim = (scope: string, wanted: string, owned: string | null): string => {
    for (let n = 1; ; n += 1) {
      const id = n === 1 ? wanted : `${wanted}_${n}`;
      const key = JSON.stringify([scope, id]);
      const owner = owners.get(key);
      if (owner !== undefined && (owner === null || owner !== owned)) continue;
      owners.set(key, owned);
      return id;
    }
  };
  return {
    channel: (node: SourceNode, name: string) => claim("channels", text(entry(node, "x-channelId")) || name, null),
    operation: (node: SourceNode, channel: string, kind: string) =>
      claim("operations", text(entry(node, "operationId")) || `${channel}.${kind}`, null),
    message: (written: SourceNode, channel: string) => {
      const node = deref(files, written) ?? written;
      const ref = refText(written);
      const component = ref === null ? null : componentName(ref, "messages");
      const name = text(entry(node, "messageId")) || component || text(entry(node, "name"));
      return claim(
        `messages of ${channel}`,
        name || `${channel}.message`,
        `${node.file} ${canonicalText(toJson(node))}`,
      );
    },
  };
};

export type Ids = ReturnType<typeof createIds>;
