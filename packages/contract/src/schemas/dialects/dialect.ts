/** The languages that schemas of a contract may be written in. Each is read as JSON Schema draft 7. */
export type Dialect =
  | "asyncapi"
  | "draft-04"
  | "draft-06"
  | "draft-07"
  | "2019-09"
  | "2020-12"
  | "openapi-3.0"
  | "openapi-3.1";

/** How messages call a dialect. */
export const dialectNames: Readonly<Record<Dialect, string>> = {
  asyncapi: "AsyncAPI",
  "draft-04": "JSON Schema draft 4",
  "draft-06": "JSON Schema draft 6",
  "draft-07": "JSON Schema draft 7",
  "2019-09": "JSON Schema 2019-09",
  "2020-12": "JSON Schema 2020-12",
  "openapi-3.0": "OpenAPI 3.0",
  "openapi-3.1": "OpenAPI 3.1",
};

/** Whether what stands beside a `$ref` holds too. In the other dialects a `$ref` stands alone. */
export const readsBesideRef = (dialect: Dialect): boolean =>
  dialect === "2019-09" || dialect === "2020-12" || dialect === "openapi-3.1";

type Versions = readonly (readonly [RegExp, Dialect])[];

/** By media type: its versions. A label without a version has that of an empty text. */
const versions: Readonly<Record<string, Versions>> = {
  "application/schema": [
    [/^(draft-?0?7)?$/, "draft-07"],
    [/^draft-?0?6$/, "draft-06"],
    [/^draft-?0?4$/, "draft-04"],
    [/^(draft[-/]?)?2019-09$/, "2019-09"],
    [/^(draft[-/]?)?2020-12$/, "2020-12"],
  ],
  "application/vnd.aai.asyncapi": [[/^([23]\.\d+\.\d+)?$/, "asyncapi"]],
  "application/vnd.oai.openapi": [
    [/^3\.0(\.\d+)?$/, "openapi-3.0"],
    [/^3\.1(\.\d+)?$/, "openapi-3.1"],
  ],
};

const matching = (table: Versions, text: string): Dialect | null =>
  table.find(([version]) => version.test(text))?.[1] ?? null;

const versionOf = (parameters: readonly string[]): string => {
  const [, value = ""] = parameters.map((one) => one.split("=")).find(([name]) => name?.trim() === "version") ?? [];
  return value.trim().replace(/^"(.*)"$/, "$1");
};

/** The dialect that a `schemaFormat` names; null where it names none of these. */
export const dialectOfFormat = (format: string): Dialect | null => {
  const [type = "", ...parameters] = format.toLowerCase().split(";");
  const name = type.trim().replace(/\+(json|yaml)$/, "");
  const table = Object.hasOwn(versions, name) ? versions[name] : undefined;
  return table === undefined ? null : matching(table, versionOf(parameters));
};

const schemaUris: Versions = [
  [/^json-schema\.org\/draft-04\/(hyper-)?schema$/, "draft-04"],
  [/^json-schema\.org\/draft-06\/(hyper-)?schema$/, "draft-06"],
  [/^json-schema\.org\/draft-07\/(hyper-)?schema$/, "draft-07"],
  [/^json-schema\.org\/draft\/2019-09\/(hyper-)?schema$/, "2019-09"],
  [/^json-schema\.org\/draft\/2020-12\/(hyper-)?schema$/, "2020-12"],
  [/^spec\.openapis\.org\/oas\/3\.1\/dialect\/[\w-]+$/, "openapi-3.1"],
];

const plainUri = (uri: string) => uri.replace(/^https?:\/\//, "").replace(/#$/, "");

/**
 * The dialect that a `$schema` names; null where it names another draft of JSON Schema; undefined where it names none, as
 * the addresses of people's own schemas do.
 */
export const dialectOfSchemaUri = (uri: string): Dialect | null | undefined => {
  const plain = plainUri(uri);
  const known = matching(schemaUris, plain);
  return known ?? (/^json-schema\.org\/draft/.test(plain) ? null : undefined);
};
