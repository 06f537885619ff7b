import { describe, expect, it } from "vitest";
import { parseLine } from "./parse-line.js";

const parse = (text: string) => parseLine(Buffer.from(text));

describe("a line of a recording", () => {
  it("is a topic and a value", () => {
    expect(parse('{"topic":"learning.query","value":{"a":1}}')).toEqual({ topic: "learning.query", value: { a: 1 } });
  });

  it("may end in a carriage return and begin with a byte order mark", () => {
    expect(parse('\ufeff{"topic":"t","value":{}}\r')).toEqual({ topic: "t", value: {} });
  });

  it.each(["", "  \t", "\r", "\ufeff"])("is blank: %j", (text) => {
    expect(parse(text)).toBeNull();
  });

  it.each([
    ["{", "record_not_json"],
    ["[]", "record_malformed"],
    ["null", "record_malformed"],
    ["7", "record_malformed"],
    ['{"value":{}}', "record_malformed"],
    ['{"topic":7,"value":{}}', "record_malformed"],
    ['{"topic":"t"}', "record_malformed"],
    ['{"topic":"t","value":null}', "record_null"],
  ])("is refused: %s", (text, code) => {
    expect(parse(text)).toMatchObject({ code });
  });

  it("is refused when it is not valid UTF-8", () => {
    expect(parseLine(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({ code: "record_not_json" });
  });
});
