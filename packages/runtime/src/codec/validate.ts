import type { MessageDescriptor } from "../descriptor.js";
import { acceptsOf } from "../schema/accept.js";

/** What a message's schema finds wrong with a payload, one finding a line; empty when it accepts it. */
export function schemaIssues(message: MessageDescriptor, payload: unknown): readonly string[] {
  try {
    // What fits, which is nearly everything, has no findings for zod to tell.
    if (acceptsOf(message.schema)(payload)) return [];
    const result = message.schema.safeParse(payload);
    if (result.success) return [];
    return result.error.issues.map((issue) => `${pathText(issue.path)}: ${issue.message}`);
  } catch (caught) {
    // A payload nested deeper than the stack reaches, against a recursive schema.
    return [`payload: ${caught instanceof Error ? caught.message : "its schema cannot judge it"}`];
  }
}

/** A path as people write it: `payload.items[0].name`. */
function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text === "" ? "payload" : text;
}
