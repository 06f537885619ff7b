import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { MessageDescriptor } from "../descriptor.js";
import { acceptsOf, isZod } from "../schema/accept.js";

/** What a message's schema finds wrong with a payload, one finding a line; empty when it accepts it. */
export function schemaIssues({ schema }: MessageDescriptor, payload: unknown): readonly string[] {
  try {
    // What fits, which is nearly everything, has no findings for zod to tell.
    if (isZod(schema) && acceptsOf(schema)(payload)) return [];
    const result = schema["~standard"].validate(payload);
    if ("then" in result) return ["payload: its schema judges asynchronously, which descriptors do not allow"];
    return (result.issues ?? []).map((issue) => `${pathText(issue.path ?? [])}: ${issue.message}`);
  } catch (caught) {
    // A payload nested deeper than the stack reaches, against a recursive schema.
    return [`payload: ${caught instanceof Error ? caught.message : "its schema cannot judge it"}`];
  }
}

/** A path as people write it: `payload.items[0].name`. */
function pathText(path: readonly (PropertyKey | StandardSchemaV1.PathSegment)[]): string {
  let text = "";
  for (const segment of path) {
    const step = typeof segment === "object" ? segment.key : segment;
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text === "" ? "payload" : text;
}
