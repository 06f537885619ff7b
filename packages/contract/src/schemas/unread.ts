import { type JsonSchema, unreadKeyword } from "@keyline/json-schema";
import { type SourceNode, toJson } from "../source/tree.js";

/** Stands for a schema of another language, or one behind a reference that leads nowhere: only the same as itself. */
export const unread = (node: SourceNode): JsonSchema => ({ [unreadKeyword]: toJson(node) });
