import { fullFormats } from "ajv-formats/dist/formats.js";

type StringCheck = (text: string) => boolean;

/** What ajv-formats takes for each format of strings; formats that assert nothing are not here. */
const stringChecks = (): ReadonlyMap<string, StringCheck> => {
  const checks = new Map<string, StringCheck>();
  for (const [name, format] of Object.entries(fullFormats)) {
    const check = toCheck(format);
    if (check) checks.set(name, check);
  }
  return checks;
};

const toCheck = (format: unknown): StringCheck | null => {
  if (format instanceof RegExp)
    return (text) => {
      format.lastIndex = 0;
      return format.test(text);
    };
  if (typeof format === "function") return (text) => Boolean(format(text));
  if (typeof format !== "object" || format === null) return null;
  const isForNumbers = "type" in format && format.type === "number";
  return !isForNumbers && "validate" in format ? toCheck(format.validate) : null;
};

export const stringFormats: ReadonlyMap<string, StringCheck> = stringChecks();

/** Lengths that every text of a format has; formats whose texts have any length are not here. */
export const formatLengths: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["date", [10, 10]],
  ["uuid", [36, 45]],
  ["ipv4", [7, 15]],
  ["ipv6", [2, 45]],
]);

const uuid = "3f3f3f3f-0000-4000-8000-000000000001";

/** Texts of each format, the plain ones first. */
export const formatSamples: { readonly [format: string]: readonly string[] } = {
  date: ["2026-01-05", "2024-02-29"],
  time: ["09:30:00Z", "09:30:00+01:00", "09:30:00.250Z", "23:59:60Z"],
  "date-time": [
    ...["2026-01-05T09:30:00Z", "2026-01-05T09:30:00.000Z", "2026-01-05T10:30:00+01:00", "2026-01-05t09:30:00z"],
    ...["2026-01-05T09:30:00+00:00", "2026-01-05 09:30:00Z", "2016-12-31T23:59:60Z"],
  ],
  "iso-time": ["09:30:00", "09:30:00Z", "09:30:00+01"],
  "iso-date-time": ["2026-01-05T09:30:00", "2026-01-05T09:30:00Z", "2026-01-05 09:30:00+01"],
  duration: ["P1D", "PT1H", "P1Y2M3DT4H5M6S", "P1W"],
  uri: ["https://example.com/a", "urn:isbn:1", "a:b", "mailto:a@example.com"],
  "uri-reference": ["a", "/a", "https://example.com/a", "", "#f"],
  "uri-template": ["/a/{b}", "", "{a}", "a"],
  url: ["https://example.com/a", "ftp://8.8.8.8:21/x", "http://example.com"],
  email: ["a@example.com", "a.b+c@x.example"],
  hostname: ["example.com", "a", `${"a".repeat(63)}.example`],
  ipv4: ["192.0.2.1", "127.0.0.1", "255.255.255.255"],
  ipv6: ["::1", "2001:db8::1", "1:2:3:4:5:6:7:8"],
  regex: ["^a$", "a", "[a-z]+", ""],
  uuid: [uuid, uuid.toUpperCase(), `urn:uuid:${uuid}`],
  "json-pointer": ["/a", "", "/a/b~0c"],
  "json-pointer-uri-fragment": ["#/a", "#"],
  "relative-json-pointer": ["0", "0#", "1/a"],
  byte: ["aGk=", "", "YQ=="],
};
