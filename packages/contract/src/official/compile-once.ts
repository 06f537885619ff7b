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

/** The rules that hold a document against AsyncAPI's own schemas. */
const structureRules = { "asyncapi-document-resolved": true, "asyncapi-document-unresolved": false };

/** Spectral keeps what it compiled for as long as this lives, which stands for the document there. */
const keeper = {};

const isStructured = (document: unknown, isResolved: boolean): boolean => {
  const version = typeof document === "object" && document !== null && "asyncapi" in document && document.asyncapi;
  return compiledStructure(version, isResolved)?.(document) ?? false;
};

/**
 * Spectral compiles a schema again for each document, and AsyncAPI's own take most of a second. They are the same for
 * every document: a document that is valid by what was compiled when this package was built has no findings, and for the
 * others they are compiled once for all.
 */
export const compileStructureOnce = ({ rules }: Ruleset) => {
  for (const [name, isResolved] of Object.entries(structureRules)) {
    const rule = rules[name];
    if (!rule) continue;
    // biome-ignore lint/suspicious/noThenProperty: it is Spectral's name for what a rule does
    rule.then = rule.then.map((one) => ({
      ...one,
      function: (value, options, context) =>
        isStructured(value, isResolved) ? [] : one.function(value, options, { ...context, documentInventory: keeper }),
    }));
  }
};
