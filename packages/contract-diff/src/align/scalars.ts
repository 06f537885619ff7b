import { isSame, type Json, limitKeywords, type SchemaObject, writtenTypes } from "@keyline/json-schema";
import type { DiffRuleId } from "../rules.js";
import type { Outcome } from "./outcome.js";

/** Compares what a schema says with plain values: types, values, limits, the form of texts. */
export const alignScalars = (outcome: Outcome): void => {
  alignType(outcome);
  alignValues(outcome);
  for (const keyword of limitKeywords) alignKeyword(outcome, keyword, "limit-changed");
  alignKeyword(outcome, "pattern", "pattern-changed");
  alignKeyword(outcome, "format", "format-changed");
};

const shown = (value: Json | undefined) => (value === undefined ? "none" : JSON.stringify(value));

const alignKeyword = ({ schemas, result, tell }: Outcome, keyword: string, rule: DiffRuleId): void => {
  const [before, after] = schemas;
  const [old, fresh] = [before[keyword], after[keyword]];
  if (isSame(old, fresh)) return;
  const apply = () => {
    if (fresh === undefined) result.delete(keyword);
    else result.set(keyword, fresh);
  };
  const says =
    old === undefined
      ? `has a new ${keyword}, ${shown(fresh)}`
      : fresh === undefined
        ? `has no ${keyword} any longer, it was ${shown(old)}`
        : `has ${keyword} ${shown(fresh)}, it was ${shown(old)}`;
  tell({ rule, says, at: fresh === undefined ? [] : [keyword], was: old === undefined ? null : [keyword], apply });
};

/** The types by name, in one order; null where all are allowed. */
const typesOf = (schema: SchemaObject): readonly string[] | null => {
  const types = writtenTypes(schema);
  return types === null ? null : [...new Set(types.map(String))].sort();
};

const typeText = (types: readonly string[] | null) => (types === null ? "any type" : `type ${types.join(" or ")}`);

const alignType = ({ schemas, result, tell }: Outcome): void => {
  const [before, after] = schemas;
  const [old, fresh] = [typesOf(before), typesOf(after)];
  if (isSame(old ?? undefined, fresh ?? undefined)) return;
  const apply = () => {
    result.delete("nullable");
    if (fresh === null) result.delete("type");
    else result.set("type", fresh);
  };
  const keyword = (schema: SchemaObject) => (schema.type === undefined ? [] : ["type"]);
  const says = `has ${typeText(fresh)}, it had ${typeText(old)}`;
  tell({ rule: "type-changed", says, at: keyword(after), was: keyword(before), apply });
};

interface Values {
  readonly keyword: "const" | "enum";
  readonly list: readonly Json[];
}

const valuesOf = (schema: SchemaObject): Values | null => {
  const list = Array.isArray(schema.enum) ? schema.enum : null;
  if (!Object.hasOwn(schema, "const")) return list === null ? null : { keyword: "enum", list };
  const only = schema.const ?? null;
  const isLeft = list === null || list.some((one) => isSame(one, only));
  return { keyword: "const", list: isLeft ? [only] : [] };
};

const without = (list: readonly Json[], others: readonly Json[]) =>
  list.filter((one) => !others.some((other) => isSame(one, other)));

const listText = (values: readonly Json[]) => values.map((value) => JSON.stringify(value)).join(", ");

const alignValues = (outcome: Outcome): void => {
  const { here, schemas, result, tell } = outcome;
  const [before, after] = [valuesOf(schemas[0]), valuesOf(schemas[1])];
  const at = after === null ? [] : [after.keyword];
  const was = before === null ? null : [before.keyword];
  const set = (list: readonly Json[] | null) => {
    result.delete("const");
    if (list === null) result.delete("enum");
    else result.set("enum", list);
  };
  if (before === null && after === null) return;
  if (before === null || after === null) {
    const says = after === null ? "takes any value now" : `takes ${listText(after.list)} only, it took any value`;
    const rule = after === null ? "enum-value-added" : "enum-value-removed";
    tell({ rule, says, at, was, apply: () => set(after?.list ?? null) });
    return;
  }
  const [gone, come] = [without(before.list, after.list), without(after.list, before.list)];
  const areConstants = before.list.length === 1 && after.list.length === 1;
  if (areConstants && gone.length > 0) {
    const isEventType = here.path.length === 1 && here.path[0] === "event_type";
    const says = `is ${listText(after.list)}, it was ${listText(before.list)}`;
    const rule = isEventType ? "event-type-changed" : "constant-changed";
    tell({ rule, says, at, was, apply: () => set(after.list) });
    return;
  }
  if (come.length > 0) {
    const index = after.keyword === "enum" ? [String(after.list.indexOf(come[0] ?? null))] : [];
    const says = `may be ${listText(come)} too`;
    tell({
      rule: "enum-value-added",
      says,
      at: [...at, ...index],
      was: null,
      apply: () => set([...before.list, ...come]),
    });
  }
  if (gone.length > 0) {
    const says = `may be ${listText(gone)} no longer`;
    tell({ rule: "enum-value-removed", says, at, was, apply: () => set(without(before.list, gone)) });
  }
};
