/** What asks for help, once the text is lower-cased, its apostrophes are straight and its white space is folded. */
const phrases = [
  "i don't understand",
  "i dont understand",
  "i do not understand",
  "i'm stuck",
  "im stuck",
  "i am stuck",
] as const;

/** Right and left single quotation marks and the modifier letter, which keyboards and editors put for an apostrophe. */
const typographicApostrophes = /[\u2018\u2019\u02bc]/gu;

/** The phrase by which a question asks for help; undefined where none does. */
export function helpPhrase(query: string): string | undefined {
  const text = query.toLowerCase().replace(typographicApostrophes, "'").replace(/\s+/gu, " ");
  return phrases.find((phrase) => text.includes(phrase));
}
