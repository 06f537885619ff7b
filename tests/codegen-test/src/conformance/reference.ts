import { isDeepStrictEqual } from "node:util";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import type { NamedSchemas } from "./evaluate.js";

/** What ajv says of a value; null where ajv itself fails. */
export type Judge = (value: unknown) => boolean | null;

/**
 * ajv as contracts mean JSON Schema: draft 7, formats asserted, own fields only, `multipleOf` exact in decimal, values compared by
 * their fields (its own comparison takes a field named `constructor` for an object's class, and calls one named `valueOf`).
 */
function createAjv(): Ajv {
  const ajv = new Ajv({ strict: false, ownProperties: true, allErrors: true, validateFormats: true, logger: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  ajv.removeKeyword("multipleOf");
  ajv.addKeyword({ keyword: "multipleOf", type: "number", validate: isMultiple });
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({ keyword: "uniqueItems", type: "array", validate: isUnique });
  for (const [keyword, validate] of [
    ["const", isSame],
    ["enum", (wanted: readonly unknown[], value: unknown) => wanted.some((one) => isSame(one, value))],
  ] as const) {
    ajv.removeKeyword(keyword);
    ajv.addKeyword({ keyword, validate });
  }
  return ajv;
}

const isUnique = (wanted: boolean, items: readonly unknown[]): boolean =>
  !wanted || items.every((item, at) => items.slice(at + 1).every((other) => !isSame(item, other)));

/** As JSON: 0 and -0 are one number. */
const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(asJson(one), asJson(other));
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** An ajv keeps something of all that it ever compiled, so a long run takes a new one now and then. */
const compiledByOne = 500;
let ajv = createAjv();
let compiled = 0;

/** Compiles one of several schemas that refer to each other. */
export function judgeOf(name: string, schemas: NamedSchemas): Judge {
  const text = JSON.stringify({ definitions: schemas, allOf: [{ $ref: `#/schemas/${name}` }] });
  const root = JSON.parse(text.replaceAll("#/schemas/", "#/definitions/")) as object;
  compiled += 1;
  if (compiled % compiledByOne === 0) ajv = createAjv();
  const validate = ajv.compile(root);
  ajv.removeSchema(root);
  return (value) => {
    try {
      return validate(value) as boolean;
    } catch {
      return null;
    }
  };
}

/** Long division of the numbers' own digits. */
function isMultiple(factor: number, value: number): boolean {
  const places = Math.max(placesOf(factor), placesOf(value));
  return scaled(value, places) % scaled(factor, places) === 0n;
}

const placesOf = (value: number): number => {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1] ?? "").length - Number(exponent));
};

function scaled(value: number, places: number): bigint {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return BigInt(whole + fraction + "0".repeat(places - fraction.length + Number(exponent)));
}
