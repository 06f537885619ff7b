/** Longest name that a file gets: every file system takes it, even under a deep folder. */
const longestFileName = 80;

/** The words of a name: letters and digits of any script; everything else divides. */
function wordsOf(text: string): string[] {
  return text
    .normalize("NFC")
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== "")
    .map((word, _, all) => (all.length > 1 && isShouted(word) ? word.toLowerCase() : word));
}

const isShouted = (word: string) => word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase();

const upperFirst = (word: string) => word.replace(/^./u, (first) => first.toUpperCase());

/** `HTTPRequest` -> `httpRequest`, `ORDER` -> `order`, `Order` -> `order`. */
function lowerFirst(word: string): string {
  if (isShouted(word)) return word.toLowerCase();
  return word.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}/u, (start) => start.toLowerCase());
}

/** What cannot begin an identifier gets an underscore before it. */
const startable = (name: string) => (name === "" || /^\p{ID_Start}/u.test(name) ? name : `_${name}`);

/** `code.executed` -> `codeExecuted`. Empty where the text has no letter and no digit. */
export function camelCase(text: string): string {
  const [first = "", ...rest] = wordsOf(text);
  const joined = [lowerFirst(first), ...rest.map(upperFirst)].join("");
  return startable(joined.replace(/[^\p{ID_Continue}]/gu, ""));
}

/** `code.executed` -> `CodeExecuted`. */
export function pascalCase(text: string): string {
  return upperFirst(camelCase(text));
}

/** `codeExecuted` -> `code-executed`: a file's name, in ASCII, lower case, without its ending. */
export function fileName(text: string): string {
  const ascii = camelCase(text).replace(
    /[^A-Za-z0-9$_]/gu,
    (character) => `u${character.codePointAt(0)?.toString(16)}`,
  );
  const kebab = ascii
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
  return kebab.replace(/^_+/, "").slice(0, longestFileName);
}
