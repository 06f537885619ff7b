// Text of records, contracts and other strangers, on its way to a terminal, a log or a header. C0 and C1 steer a terminal
// and end a line; the separators U+2028 and U+2029 end a line, too; the controls of writing direction make a line read as
// another one.
const steering = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The text on one line without control characters: they are written as `\u001b`. */
export const harmless = (text: string): string => text.replace(steering, escaped);

/** The same as {@link harmless}, with one character for each, for text in columns. */
export const harmlessInPlace = (text: string): string => text.replaceAll("\t", " ").replace(steering, "\ufffd");

/** JSON with control characters escaped; its meaning does not change. */
export const harmlessJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(steering, (character) =>
    character === "\n" ? "\n" : escaped(character),
  );
