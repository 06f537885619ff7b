import type { JsonSchema } from "../contract.js";
import { type SourceNode, toJson } from "../source/tree.js";

/** The keyword of what stands in the place of a schema that could not be read. It accepts everything. */
export const unreadKeyword = "x-keyline-unread";

/** Stands for a schema of another language, or one behind a reference that leads nowhere: only the same as itself. */
export const unread = (node: SourceNode): JsonSchema => ({ [unreadKeyword]: toJson(node) });
