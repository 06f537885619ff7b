import { type JsonSchema, type Resolve, type SchemaObject, schemasAt, type Tags, tagsOf } from "@keyline/json-schema";
import { call, list, literal } from "./text.js";

const printTags = ({ property, values }: Tags): string =>
  list("{ ", [`property: ${literal(property)}`, `values: ${literal(values)}`], " }");

/** zod knows a union by itself; one whose branches a field tells apart says what is wrong with the one that is meant. */
const helpers = { anyOf: { plain: "s.union", tagged: "s.anyOf" }, oneOf: { plain: "s.oneOf", tagged: "s.oneOf" } };

/** Prints `anyOf` and `oneOf`, those that are there. */
export function printBranches(
  schema: SchemaObject,
  inner: (branch: JsonSchema) => string,
  resolve: Resolve,
): readonly string[] {
  return (["anyOf", "oneOf"] as const).flatMap((keyword) => {
    const branches = schemasAt(schema, keyword);
    const printed = branches.map(inner);
    const [first] = printed;
    if (first === undefined || printed.length === 1) return printed;
    const tags = tagsOf(schema, branches, resolve);
    const { plain, tagged } = helpers[keyword];
    const all = list("[", printed, "]");
    return [tags === null ? call(plain, [all]) : call(tagged, [all, printTags(tags)])];
  });
}
