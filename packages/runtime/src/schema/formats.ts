// What each format of JSON Schema accepts, from the RFCs that define them and as ajv-formats reads them.
import { isHex } from "../text/hex.js";
import { utcMs } from "../text/time.js";

const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const most = month === 2 && !isLeap ? 28 : (days[month - 1] ?? 0);
  return day >= 1 && day <= most;
}

/** RFC 3339: a leap second is one only at the end of a day in UTC. */
function isTime(text: string, zone: "required" | "optional"): boolean {
  const match = /^(\d\d):(\d\d):(\d\d(?:\.\d+)?)(z|([+-])(\d\d)(?::?(\d\d))?)?$/i.exec(text);
  if (!match) return false;
  const [, hour, minute, second, offset, sign, offsetHour, offsetMinute] = match;
  if (zone === "required" && !offset) return false;
  const h = Number(hour);
  const m = Number(minute);
  const s = Number(second);
  const oh = Number(offsetHour ?? 0);
  const om = Number(offsetMinute ?? 0);
  if (oh > 23 || om > 59) return false;
  if (h <= 23 && m <= 59 && s < 60) return true;
  const factor = sign === "-" ? -1 : 1;
  const utcMinute = m - om * factor;
  const utcHour = h - oh * factor - (utcMinute < 0 ? 1 : 0);
  return (utcHour === 23 || utcHour === -1) && (utcMinute === 59 || utcMinute === -1) && s < 61;
}

function isDateTime(text: string, zone: "required" | "optional"): boolean {
  const parts = text.split(/t|\s/i);
  return parts.length === 2 && isDate(parts[0] ?? "") && isTime(parts[1] ?? "", zone);
}

const h16 = "[0-9a-f]{1,4}";
const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = `${octet}(?:\\.${octet}){3}`;
/** RFC 4291, each place where `::` may stand. */
const ipv6With = (ls32: string) =>
  [
    `(?:${h16}:){6}${ls32}`,
    `::(?:${h16}:){5}${ls32}`,
    `(?:${h16})?::(?:${h16}:){4}${ls32}`,
    `(?:(?:${h16}:){0,1}${h16})?::(?:${h16}:){3}${ls32}`,
    `(?:(?:${h16}:){0,2}${h16})?::(?:${h16}:){2}${ls32}`,
    `(?:(?:${h16}:){0,3}${h16})?::${h16}:${ls32}`,
    `(?:(?:${h16}:){0,4}${h16})?::${ls32}`,
    `(?:(?:${h16}:){0,5}${h16})?::${h16}`,
    `(?:(?:${h16}:){0,6}${h16})?::`,
  ].join("|");
const ipv6 = ipv6With(`(?:${h16}:${h16}|${ipv4})`);

// RFC 3986, appendix A.
const unreservedOrSub = "a-z0-9\\-._~!$&'()*+,;=";
const encoded = "%[0-9a-f]{2}";
/** In URIs ajv-formats takes octets with leading zeros, too. */
const looseIpv4 = "(?:(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)\\.){3}(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)";
const looseIpv6 = ipv6With(`(?:${h16}:${h16}|${looseIpv4})`);

/** What stands behind the scheme, with `extra` characters in names, paths, queries and fragments. */
function uriParts(extra: string, path: "required" | "optional") {
  const authority = `(?:(?:[${unreservedOrSub}:]|${encoded})*@)?(?:\\[(?:${looseIpv6}|v[0-9a-f]+\\.[${unreservedOrSub}:]+)\\]|(?:[${unreservedOrSub}${extra}]|${encoded})*)(?::\\d*)?`;
  const pchar = `(?:[${unreservedOrSub}${extra}:@]|${encoded})`;
  const abempty = `(?:/${pchar}*)*`;
  const absolute = `/(?:${pchar}+${abempty})?`;
  const tail = `(?:\\?(?:${pchar}|[/?])*)?(?:#(?:${pchar}|[/?])*)?`;
  // One slash before an authority is enough for ajv-formats.
  return `(?:/?/${authority}${abempty}|${absolute}|${pchar}+${abempty})${path === "optional" ? "?" : ""}${tail}`;
}

const scheme = "[a-z][a-z0-9+\\-.]*:";
const uri = new RegExp(`^${scheme}${uriParts("", "required")}$`, "i");
// As ajv-formats reads it: a first segment may have a colon, and names double quotes.
const uriReference = new RegExp(`^(?:${scheme})?${uriParts('"', "optional")}$`, "i");

const atext = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const host = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

const matches = (source: string, flags = "i") => {
  const expression = new RegExp(`^(?:${source})$`, flags);
  return (text: string) => expression.test(text);
};

// `url` is not RFC 3986's: a public host with a top-level domain, or a public IPv4 address, as ajv-formats has it.
const word = "[a-z0-9\\u{a1}-\\u{ffff}]+";
const publicName = `${word}(?:-${word})*(?:\\.${word}(?:-${word})*)*\\.[a-z\\u{a1}-\\u{ffff}]{2,}`;
const anyOctets = (count: number) => `(?:\\.\\d{1,3}){${count}}`;
const privateNetworks = [
  `(?:10|127)${anyOctets(3)}`,
  `(?:169\\.254|192\\.168)${anyOctets(2)}`,
  `172\\.(?:1[6-9]|2\\d|3[01])${anyOctets(2)}`,
].join("|");
const middleOctet = "\\.(?:1?\\d{1,2}|2[0-4]\\d|25[0-5])";
const publicAddress = `(?!${privateNetworks})(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3])(?:${middleOctet}){2}\\.(?:[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-4])`;
const url = `(?:https?|ftp)://(?:\\S+@)?(?:${publicAddress}|${publicName})(?::\\d{2,5})?(?:/\\S*)?`;

const hostname = matches(`${host}(?:\\.${host})*\\.?`);
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/m;

function isRegex(text: string): boolean {
  // \Z is an anchor elsewhere and means nothing here: ajv refuses it too.
  if (/[^\\]\\Z/.test(text)) return false;
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

const anyUuid = matches("(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}");

/** Every event has several: the plain form is seen without an expression, which takes longer. */
function isUuid(text: string): boolean {
  const hasDashes = text[8] === "-" && text[13] === "-" && text[18] === "-" && text[23] === "-";
  if (text.length !== 36 || !hasDashes) return anyUuid(text);
  return isHex(text, 0, 8) && isHex(text, 9, 13) && isHex(text, 14, 18) && isHex(text, 19, 23) && isHex(text, 24, 36);
}

/** Formats of strings. A format that is not here asserts nothing, as JSON Schema says. */
export const stringFormats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  time: (text) => isTime(text, "required"),
  "date-time": (text) => utcMs(text) !== null || isDateTime(text, "required"),
  "iso-time": (text) => isTime(text, "optional"),
  "iso-date-time": (text) => isDateTime(text, "optional"),
  duration: matches(
    "P(?!$)(?:(?:\\d+Y)?(?:\\d+M)?(?:\\d+D)?(?:T(?=\\d)(?:\\d+H)?(?:\\d+M)?(?:\\d+S)?)?|(?:\\d+W)?)",
    "",
  ),
  uri: (text) => uri.test(text),
  "uri-reference": (text) => uriReference.test(text),
  "uri-template": matches(
    `(?:[^\\x00-\\x20"'<>%\\\\^\`{|}]|%[0-9a-f]{2}|\\{[+#./;?&=,!@|]?(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9]\\d{0,3}|\\*)?(?:,(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9]\\d{0,3}|\\*)?)*\\})*`,
  ),
  url: matches(url, "iu"),
  email: matches(`${atext}(?:\\.${atext})*@(?:${label}\\.)+${label}`),
  hostname: (text) => text.replace(/\.$/, "").length <= 253 && hostname(text),
  ipv4: matches(ipv4),
  ipv6: matches(ipv6),
  regex: isRegex,
  uuid: isUuid,
  "json-pointer": matches("(?:/(?:[^~/]|~0|~1)*)*"),
  "json-pointer-uri-fragment": matches("#(?:/(?:[a-z0-9_\\-.!$&'()*+,;:=@]|%[0-9a-f]{2}|~0|~1)*)*"),
  "relative-json-pointer": matches("(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)"),
  // As ajv-formats has it: one line that is base64 is enough.
  byte: (text) => base64.test(text),
};
