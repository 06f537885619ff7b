import { pathText } from "@keyline/json-schema";
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
    return (result.issues ?? []).map(
      (issue) => `${pathText((issue.path ?? []).map(keyOf)) || "payload"}: ${issue.message}`,
    );
  } catch (caught) {
    // A payload nested deeper than the stack reaches, against a recursive schema.
    return [`payload: ${caught instanceof Error ? caught.message : "its schema cannot judge it"}`];
  }
}

/** The findings of one payload in a sentence: each, up to a number that can be read. */
export function issuesText(issues: readonly string[]): string {
  const more = issues.length - mostIssues;
  return [...issues.slice(0, mostIssues), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

const mostIssues = 10;

const keyOf = (segment: PropertyKey | StandardSchemaV1.PathSegment): PropertyKey =>
  typeof segment === "object" ? segment.key : segment;
