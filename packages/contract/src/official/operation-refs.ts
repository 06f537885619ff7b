import { encodeToken } from "@keyline/json-schema";
import type { Diagnostic } from "../contract.js";
import { deref, follow, refText } from "../refs/resolve.js";
import { locatePath } from "../schemas/locate.js";
import type { Files } from "../source/files.js";
import { entries, entry, type SourceNode } from "../source/tree.js";

// Operations refer to channels at the document's root and to messages below them, and to nothing else, even where it
// is the same object: https://www.asyncapi.com/docs/reference/specification/v3.0.0#operationObject.

type Words = Pick<Diagnostic, "message" | "fix">;

const reference = (...path: readonly string[]) => `$ref: ${JSON.stringify(`#/${path.map(encodeToken).join("/")}`)}`;

/** The last name in a node's `$ref`. */
const lastName = (node: SourceNode | undefined): string | null => /[^/#]+$/.exec(refText(node) ?? "")?.[0] ?? null;

/** The operation that a node stands in, and its name. */
const operationOf = (files: Files, node: SourceNode) => {
  const [, id = ""] = node.path;
  const root = files.main.root;
  return { id, operation: root && locatePath(files, root, node.path.slice(0, 2)) };
};

/** The name below `channels` of what an operation refers to. */
const channelName = (files: Files, operation: SourceNode | null): string | null => {
  const target = follow(files, operation, "channel");
  const channels = entries(follow(files, files.main.root, "channels"));
  return channels.find(([, one]) => target !== null && deref(files, one) === target)?.[0] ?? null;
};

/** About an operation's message that is not one of its channel's. */
export const messageFix = (files: Files, node: SourceNode): Words => {
  const { id, operation } = operationOf(files, node);
  const target = deref(files, node);
  const name = lastName(node) ?? "it";
  const channel = channelName(files, operation);
  const message = `message ${name} of operation ${id} is not a reference into its channel${channel === null ? "" : ` ${channel}`}`;
  if (channel === null) return { message, fix: "refer to a message below the channel of the operation" };
  const own = entries(follow(files, files.main.root, "channels", channel, "messages"));
  const same = own.find(([, one]) => target !== null && deref(files, one) === target)?.[0];
  if (same !== undefined) return { message, fix: `write ${reference("channels", channel, "messages", same)}` };
  const there = reference("channels", channel, "messages", name);
  return {
    message,
    fix: `add ${name}: { $ref: ${JSON.stringify(refText(node) ?? "...")} } to the messages of channel ${channel}, and write ${there}`,
  };
};

/** About an operation's channel that is not one of the root's. */
export const channelFix = (files: Files, node: SourceNode): Words => {
  const { id, operation } = operationOf(files, node);
  const message = `operation ${id} does not refer to a channel below channels at the root`;
  const channel = channelName(files, operation);
  if (channel !== null) return { message, fix: `write ${reference("channels", channel)}` };
  const name = lastName(entry(operation, "channel")) ?? "NAME";
  return { message, fix: `add ${name} to channels at the root, and write ${reference("channels", name)}` };
};
