import { outFor, type Project } from "../config.js";
import type { TypedPlace } from "../generate/place.js";

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A contract as an argument of a command that is printed: empty where the command finds it by itself. */
export const contractArgument = (file: string, byDefault: string): string =>
  file === byDefault ? "" : ` ${quoted(file)}`;

/** A text with the commands that take a contract; `argument` is {@link contractArgument}'s. */
export const namingContract = (text: string, argument: string): string =>
  text.replace(/\bkeyline topics (?:plan|apply)\b/g, (command) => `${command}${argument}`);

/** Where `keyline generate` reads and writes. */
export interface GeneratePlace extends TypedPlace {
  readonly contract: string;
  readonly perspective?: string | undefined;
}

/** What is taken where a project says nothing. */
const usual: Partial<GeneratePlace> = { perspective: "application", imports: "js" };

/** The command that generates there, to be copied; options that equal the defaults are left out. */
export function generateText(place: GeneratePlace, project: Project): string {
  const byDefault: GeneratePlace = { ...project, out: outFor(place.layout ?? project.layout, project) };
  const names = ["contract", "layout", "out", "imports", "scope", "perspective"] as const;
  const options = names.flatMap((name) => {
    const value = place[name];
    return value === undefined || value === (byDefault[name] ?? usual[name]) ? [] : [`--${name} ${quoted(value)}`];
  });
  return ["keyline generate", ...options].join(" ");
}
