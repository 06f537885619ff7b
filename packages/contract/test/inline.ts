import type { Contract, Diagnostic } from "../src/index.js";
import { parseContract } from "../src/index.js";

/** What a short document starts with. */
export const head = "asyncapi: 3.1.0\ninfo: { title: Inline, version: 1.0.0 }\n";

/** Rules that a short document always breaks, since it is short. */
const noise: ReadonlySet<string> = new Set(["example-missing", "operations-missing", "app-missing", "schema-empty"]);

export interface Loaded {
  readonly contract: Contract | null;
  readonly diagnostics: readonly Diagnostic[];
  /** The rules that were broken, noise aside. */
  readonly broken: readonly string[];
}

/** Loads a document from memory; `files` are what its references may lead to, by path. */
export const inline = async (text: string, files: { readonly [path: string]: string } = {}): Promise<Loaded> => {
  const readFile = async (path: string) => {
    const found = files[path];
    if (found === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return found;
  };
  const { contract, diagnostics } = await parseContract(text, { file: "main.yaml", readFile });
  const broken = diagnostics.map(({ rule }) => rule).filter((rule) => !noise.has(rule));
  return { contract, diagnostics, broken };
};

/** A document with one channel and one message, whose fields are given as a YAML flow map. */
export const oneMessage = (message: string, rest = "") =>
  `${head}channels: { a: { address: a, messages: { m: ${message} } } }\n${rest}`;
