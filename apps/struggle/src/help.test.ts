import { describe, expect, it } from "vitest";
import { helpPhrase } from "./help.js";

describe("a question", () => {
  it.each(["i don't understand", "i dont understand", "i do not understand", "i'm stuck", "im stuck", "i am stuck"])(
    "asks for help by %j",
    (phrase) => {
      expect(helpPhrase(`Hello, ${phrase} at all`)).toBe(phrase);
    },
  );

  it("asks for help in capitals", () => {
    expect(helpPhrase("I DON'T UNDERSTAND!")).toBe("i don't understand");
  });

  it.each(["\u2018", "\u2019", "\u02bc"])("asks for help with the typographic apostrophe %j", (apostrophe) => {
    expect(helpPhrase(`I${apostrophe}m stuck`)).toBe("i'm stuck");
  });

  it("asks for help over folded white space", () => {
    expect(helpPhrase("I  am\n\t stuck")).toBe("i am stuck");
    expect(helpPhrase("I\u00a0am\u2003stuck")).toBe("i am stuck");
  });

  it.each(["how do for loops work?", "I understand", "I`m stuck", "I am not stuck", "iamstuck"])(
    "does not ask for help by %j",
    (query) => {
      expect(helpPhrase(query)).toBeUndefined();
    },
  );
});
