import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ImportEnding, importEndings, type LayoutName } from "@keyline/codegen";
import type { Perspective } from "@keyline/contract";
import { CommandError } from "./command/outcome.js";

/** Where a project keeps its contract and its generated code: the field `keyline` of its package.json, with defaults. */
export interface Project {
  readonly contract: string;
  /** The folder of the generated code. */
  readonly out: string;
  readonly layout: LayoutName;
  /** How files of the layout `single` import each other. */
  readonly imports?: ImportEnding;
  /** Of the packages that are generated from that contract. */
  readonly scope?: string;
  /** Whose publish and subscribe a contract of AsyncAPI 2 has. */
  readonly perspective?: Perspective;
  /** Whether a channel that cannot be generated is an error, for every command whose exit code depends on findings. */
  readonly strict?: boolean;
}

export const perspectiveWords = ["application", "client"] as const satisfies readonly Perspective[];
export const layoutWords = ["packages", "single"] as const satisfies readonly LayoutName[];
export const importsWords = Object.keys(importEndings) as readonly ImportEnding[];

/** The folder of each layout, where nothing names another. */
const outs: Readonly<Record<LayoutName, string>> = { packages: "packages", single: "src/keyline" };

const isText = (value: unknown) => typeof value === "string";
const text = { accepts: isText, kind: "a string" };
const oneOf = (words: readonly string[]) => ({
  accepts: (value: unknown) => isText(value) && words.includes(String(value)),
  kind: `one of ${words.join(", ")}`,
});

/** What each field may be. */
const fields = {
  contract: text,
  out: text,
  scope: text,
  layout: oneOf(layoutWords),
  imports: oneOf(importsWords),
  perspective: oneOf(perspectiveWords),
  strict: { accepts: (value: unknown) => typeof value === "boolean", kind: "true or false" },
};

const isField = (name: string): name is keyof typeof fields => Object.hasOwn(fields, name);

/** The scope of the packages of a contract: the configured one belongs to the configured contract. */
export const scopeFor = (contract: string, project: Project): string | undefined =>
  contract === project.contract ? project.scope : undefined;

/** The folder of generated code: the configured one belongs to the configured layout. */
export const outFor = (layout: LayoutName, project: Project): string =>
  layout === project.layout ? project.out : outs[layout];

/** Reads the project in a folder. Rejects where its package.json is not valid. */
export async function readProject(cwd: string): Promise<Project> {
  const text = await readFile(join(cwd, "package.json"), "utf8").catch(() => null);
  const found = text === null ? {} : configIn(text);
  const { layout = "packages" } = found;
  return { contract: "asyncapi.yaml", out: outs[layout], ...found, layout };
}

/** What a package.json says; throws where that is not valid. */
export function configIn(text: string): Partial<Project> {
  const found = parse(text).keyline ?? {};
  if (!isRecord(found)) throw new CommandError("couldNotRun", 'package.json: the field "keyline" is not an object');
  for (const name of Object.keys(found)) {
    if (!isField(name)) {
      const known = Object.keys(fields).join(", ");
      throw new CommandError("couldNotRun", `package.json: keyline.${name} is unknown: use ${known}`);
    }
    const { accepts, kind } = fields[name];
    if (!accepts(found[name])) throw new CommandError("couldNotRun", `package.json: keyline.${name} is not ${kind}`);
  }
  if (found.imports !== undefined && found.layout !== "single")
    throw new CommandError("couldNotRun", 'package.json: keyline.imports is for "layout": "single"');
  if (found.scope !== undefined && found.layout === "single")
    throw new CommandError("couldNotRun", 'package.json: keyline.scope is for "layout": "packages"');
  return found;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return isRecord(value) ? value : {};
  } catch (caught) {
    const reason = caught instanceof Error ? caught.message : String(caught);
    throw new CommandError("couldNotRun", `package.json is not valid JSON: ${reason}`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
