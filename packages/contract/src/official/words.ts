// The official parser's sentences: what is read from them, and how they are reported.

/** The field that is not expected where it stands. */
export const unexpectedIn = (message: string): string | null =>
  /^Property "(.*)" is not expected to be here$/s.exec(message)?.[1] ?? null;

/** The field that is missing. */
export const missingIn = (message: string): string | null =>
  /must have required property "(.*)"$/s.exec(message)?.[1] ?? null;

/** The field whose value is wrong, where a sentence names it. */
export const fieldIn = (message: string): string | null => /^"([^"]*)" property /.exec(message)?.[1] ?? null;

/** The values of which one is expected. */
export const allowedIn = (message: string): readonly string[] | null => {
  const written = /must be equal to one of the allowed values: (".*?")(\. Did you mean .*)?$/s.exec(message)?.[1];
  return written === undefined ? null : written.split(", ").map((value) => value.replaceAll('"', ""));
};

/** The list that has to have an item. */
export const emptyIn = (message: string): string | null =>
  /^"([^"]*)" property must not have fewer than 1 items$/.exec(message)?.[1] ?? null;

/** The types of which one is expected. */
export const typesIn = (message: string): readonly string[] | null =>
  / must be ([a-z]+(?:,[a-z]+)*)$/.exec(message)?.[1]?.split(",") ?? null;

/** A guess of the parser's is a fix and stands there; a message has no full stop. */
export const inOurWords = (message: string): string => message.replace(/\. Did you mean .*$/s, "").replace(/\.$/, "");
