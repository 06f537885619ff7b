import type { Reporter } from "../diagnostics/reporter.js";
import { deref, follow } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entries, entry, type MapNode, text } from "../source/tree.js";

const olderFields = ["publish", "subscribe"];
const newerFields = ["address", "messages"];

/**
 * Says that a document which names version 3 is laid out as version 2 has it, where that is so throughout: everything
 * else that could be said of it follows from this. Whether it was said.
 */
export const reportOlderLayout = (files: Files, root: MapNode, reporter: Reporter): boolean => {
  const channels = entries(follow(files, root, "channels")).flatMap(([, channel]) => deref(files, channel) ?? []);
  const older = channels.flatMap((channel) => olderFields.flatMap((field) => entry(channel, field) ?? []));
  const isMixed =
    entry(root, "operations") !== undefined ||
    channels.some((channel) => newerFields.some((field) => entry(channel, field) !== undefined));
  const [first] = older;
  if (!first || isMixed) return false;
  reporter.report("layout-older", first.label, {
    message: `this is the layout of AsyncAPI 2, and the document says ${text(entry(root, "asyncapi"))}`,
    fix: "write asyncapi: 2.6.0 at the top, or move what is published and subscribed to operations at the root, as version 3 has it",
  });
  return true;
};
