import { expect, test } from "vitest";
import { parseJsonText } from "./json.js";

test.each([
  ["Ada Lovelace, 1815", "Unexpected token 'A'"],
  ["secret", "Unexpected token 's'"],
  ['{"name": tru, "id": "Ada"}', "Unexpected token ','"],
  [`{"name": "${"Ada ".repeat(40)}", "id": Ada}`, "Unexpected token 'A'"],
  ['{"name": "Ada", id}', "Expected double-quoted property name in JSON at position 16"],
  ['{"name": "Ada"', "Expected ',' or '}' after property value in JSON at position 14"],
  ['{"name": "Ada', "Unterminated string in JSON at position 13"],
  ["", "Unexpected end of JSON input"],
  ["undefined", "it cannot be parsed"],
])("of %s, which is not JSON, at most one character is told", (text, reason) => {
  expect(parseJsonText(text)).toEqual({ ok: false, reason, isTooDeep: false });
});
