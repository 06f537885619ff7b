import {
  isObject,
  isSame,
  isSchema,
  type Json,
  type JsonSchema,
  namedSchemasAt,
  type SchemaObject,
  textsOf,
} from "@keyline/json-schema";
import type { Outcome } from "./outcome.js";

/** Compares what a schema says of an object's fields. */
export const alignFields = (outcome: Outcome): void => {
  alignProperties(outcome);
  alignAdditional(outcome);
  alignNamed(outcome, "patternProperties", "fields that match");
  alignNamed(outcome, "dependencies", "what is demanded beside");
};

const requiredOf = (schema: SchemaObject) => new Set(textsOf(schema.required));

const named = (name: string, says: string) => `has field ${name} ${says}`;

const alignProperties = (outcome: Outcome): void => {
  const [before, after] = outcome.schemas;
  const old = new Map(namedSchemasAt(before, "properties"));
  const fresh = new Map(namedSchemasAt(after, "properties"));
  const [wasRequired, isRequired] = [requiredOf(before), requiredOf(after)];
  const properties = new Map<string, JsonSchema>(old);
  const required = new Set(wasRequired);
  const told = new Set<string>();
  for (const [name, schema] of fresh) {
    const known = old.get(name);
    if (known !== undefined) properties.set(name, outcome.inner(known, schema, [name]));
    else {
      told.add(name);
      const demands = isRequired.has(name) && !wasRequired.has(name);
      const apply = () => {
        properties.set(name, outcome.taken(schema));
        if (demands) required.add(name);
      };
      const says = named(name, demands ? "that is new and required" : "that is new");
      outcome.tell({
        rule: demands ? "field-required" : "field-added",
        says,
        at: ["properties", name],
        was: null,
        apply,
      });
    }
  }
  for (const name of old.keys()) {
    if (fresh.has(name)) continue;
    told.add(name);
    const apply = () => {
      properties.delete(name);
      if (!isRequired.has(name)) required.delete(name);
    };
    const says = named(name, wasRequired.has(name) ? "no longer, which was required" : "no longer");
    outcome.tell({ rule: "field-removed", says, at: [], was: ["properties", name], apply });
  }
  alignRequired(outcome, required, told);
  setEntries(outcome, "properties", before.properties !== undefined, properties);
  const list = [...required];
  if (list.length > 0) outcome.result.set("required", list);
  else outcome.result.delete("required");
};

const alignRequired = (outcome: Outcome, required: Set<string>, told: ReadonlySet<string>): void => {
  const [before, after] = outcome.schemas;
  const [was, is] = [requiredOf(before), requiredOf(after)];
  const index = (schema: SchemaObject, name: string) => ["required", String(textsOf(schema.required).indexOf(name))];
  for (const name of is) {
    if (was.has(name) || told.has(name)) continue;
    const says = named(name, "that is required now");
    const apply = () => required.add(name);
    outcome.tell({ rule: "field-required", says, at: index(after, name), was: null, apply });
  }
  for (const name of was) {
    if (is.has(name) || told.has(name)) continue;
    const says = named(name, "that is no longer required");
    const at = ["properties", name];
    outcome.tell({ rule: "field-optional", says, at, was: index(before, name), apply: () => required.delete(name) });
  }
};

const setEntries = (outcome: Outcome, keyword: string, isThere: boolean, entries: ReadonlyMap<string, Json>) => {
  if (entries.size > 0 || isThere) outcome.result.set(keyword, Object.fromEntries(entries));
};

const alignAdditional = (outcome: Outcome): void => {
  const keyword = "additionalProperties";
  const [before, after] = outcome.schemas;
  const [old, fresh] = [before[keyword], after[keyword]];
  if (isObject(old) && isObject(fresh)) {
    outcome.result.set(keyword, outcome.inner(old, fresh));
    return;
  }
  if (old === fresh) return;
  const apply = () => {
    if (isSchema(fresh)) outcome.result.set(keyword, outcome.taken(fresh));
    else outcome.result.delete(keyword);
  };
  const isClosing = fresh === false || (fresh === undefined && old !== false) || isObject(fresh);
  const says = isClosing ? "takes fewer other fields" : "takes more other fields";
  outcome.tell({
    rule: isClosing ? "fields-closed" : "fields-opened",
    says,
    at: fresh === undefined ? [] : [keyword],
    was: old === undefined ? null : [keyword],
    apply,
  });
};

const alignNamed = (outcome: Outcome, keyword: string, what: string): void => {
  const entriesOf = (schema: SchemaObject) => new Map(Object.entries(isObject(schema[keyword]) ? schema[keyword] : {}));
  const [before, after] = outcome.schemas;
  const [old, fresh] = [entriesOf(before), entriesOf(after)];
  const result = new Map<string, Json>(old);
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (isSchema(was) && isSchema(is)) {
      result.set(name, outcome.inner(was, is));
      continue;
    }
    if (isSame(was, is)) continue;
    const apply = () => {
      if (is === undefined) result.delete(name);
      else result.set(name, isSchema(is) ? outcome.taken(is) : is);
    };
    const says = `has another schema for ${what} ${name}`;
    const place = [keyword, name];
    outcome.tell({
      rule: "schema-changed",
      says,
      at: is === undefined ? [] : place,
      was: was === undefined ? null : place,
      apply,
    });
  }
  setEntries(outcome, keyword, before[keyword] !== undefined, result);
};
