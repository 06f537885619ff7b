import { compiledStructure } from "./structure.js";

/** What we use of a rule of Spectral's; its own types stay out of this package's. */
interface Then {
  readonly function: (value: unknown, options: unknown, context: object) => unknown;
}

interface Rule {
  then: readonly Then[];
}

/** What we use of a ruleset of Spectral's. */
export interface Ruleset {
  readonly rules: Readonly<Record<string, Rule | undefined>>;
}

const isStructured = (document: unknown, isResolved: boolean): boolean => {
  const version = typeof document === "object" && document !== null && "asyncapi" in document && document.asyncapi;
  return compiledStructure(version, isResolved)?.(document) ?? false;
};

/** Whether a document is valid by what was compiled when this package was built. */
type IsValid = (document: unknown) => boolean;

/** Of the rules that hold a document against a schema those whose schema is the same for each document. */
const fixedSchemas: Readonly<Record<string, IsValid>> = {
  "asyncapi-document-resolved": (document) => isStructured(document, true),
  "asyncapi-document-unresolved": (document) => isStructured(document, false),
  "asyncapi-latest-version": () => false,
  "asyncapi-servers": () => false,
};

/** Spectral keeps what it compiled for as long as this lives, which stands for the document there. */
const keeper = {};

/**
 * Spectral sets ajv up and compiles these schemas again for each document, and AsyncAPI's own take most of a second. A document
 * that is valid by what was compiled when this package was built has no findings; for the others they are compiled once for all.
 */
export const compileOnce = ({ rules }: Ruleset) => {
  for (const [name, isValid] of Object.entries(fixedSchemas)) {
    const rule = rules[name];
    if (!rule) continue;
    // biome-ignore lint/suspicious/noThenProperty: it is Spectral's name for what a rule does
    rule.then = rule.then.map((one) => ({
      ...one,
      function: (value, options, context) =>
        isValid(value) ? [] : one.function(value, options, { ...context, documentInventory: keeper }),
    }));
  }
};
