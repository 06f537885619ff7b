import { docComment } from "../json-schema/index.js";

/** What a contract says about one of its things. */
interface Described {
  readonly title?: string | null;
  readonly summary?: string | null;
  readonly description?: string | null;
  readonly deprecated?: boolean;
}

const sentence = (text: string) => (/[.!?:]$/.test(text) ? text : `${text}.`);

/** A doc comment from what the contract says, then what the generator adds. */
export function describe({ title, summary, description, deprecated }: Described, ...more: readonly string[]): string {
  const said = [title, summary, description].flatMap((text) => (text?.trim() ? [sentence(text.trim())] : []));
  const paragraphs = [
    ...new Set(said),
    ...more,
    ...(deprecated ? ["@deprecated It is deprecated in the contract."] : []),
  ];
  return docComment(paragraphs.join("\n\n"));
}
