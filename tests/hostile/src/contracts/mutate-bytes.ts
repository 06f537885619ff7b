import fc from "fast-check";

/** What was done to a text, and what it is then. */
export interface Mutation {
  readonly what: string;
  readonly content: string | Buffer;
}

const special = [
  "\t",
  "\u0000",
  "\r",
  "\u001b[31m",
  "\u202e",
  "\u2028",
  "\uFEFF",
  "{",
  "[",
  "- ",
  ": ",
  "#",
  '"',
  "'",
  "|",
  ">",
  "&a ",
  "*a ",
  "!",
  "%",
  "@",
  "`",
];

/** Makes one change of characters or lines. */
export function byteFaultsOf(text: string): fc.Arbitrary<Mutation> {
  const bytes = Buffer.from(text);
  const lines = text.split("\n");
  const at = fc.nat(bytes.length);
  const line = fc.nat(lines.length - 1);
  const withLines = (what: string, change: (index: number) => readonly string[]) =>
    line.map((index): Mutation => ({ what, content: change(index).join("\n") }));
  return fc.oneof(
    fc.tuple(at, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([place, some]) => ({
      what: `bytes written over ${place}`,
      content: Buffer.concat([bytes.subarray(0, place), some, bytes.subarray(place + some.length)]),
    })),
    fc.tuple(at, fc.constantFrom(...special)).map(([place, one]) => ({
      what: `${JSON.stringify(one)} put in at ${place}`,
      content: Buffer.concat([bytes.subarray(0, place), Buffer.from(one), bytes.subarray(place)]),
    })),
    at.map((place) => ({ what: `cut at ${place}`, content: bytes.subarray(0, place) })),
    withLines("a line left out", (index) => lines.toSpliced(index, 1)),
    withLines("a line twice", (index) => lines.toSpliced(index, 0, lines[index] ?? "")),
    withLines("a line more indented", (index) => lines.with(index, `  ${lines[index]}`)),
    withLines("a line less indented", (index) => lines.with(index, lines[index]?.replace(/^ {2}/, "") ?? "")),
    withLines("a line of 100,000 characters", (index) => lines.with(index, `${lines[index]}${"x".repeat(100_000)}`)),
    fc.tuple(line, line).map(([one, other]) => ({
      what: "two lines exchanged",
      content: lines
        .with(one, lines[other] ?? "")
        .with(other, lines[one] ?? "")
        .join("\n"),
    })),
    fc.constantFrom<Mutation>(
      { what: "in UTF-16", content: Buffer.from(text, "utf16le") },
      { what: "with CRLF", content: text.replaceAll("\n", "\r\n") },
      { what: "twice", content: text + text },
      { what: "as two documents", content: `${text}\n---\n${text}` },
      { what: "empty", content: "" },
      { what: "9 MB of blanks before it", content: `${" ".repeat(1000)}\n`.repeat(9000) + text },
    ),
    fc.uint8Array({ maxLength: 500 }).map((some) => ({ what: "any bytes", content: Buffer.from(some) })),
  );
}
