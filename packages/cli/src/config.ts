import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Perspective } from "@keyline/contract";
import { CommandError } from "./command/outcome.js";

/** Where a project keeps its contract and its generated packages: the field `keyline` of its package.json, with defaults. */
export interface Project {
  readonly contract: string;
  readonly out: string;
  /** Of the packages that are generated from that contract. */
  readonly scope?: string;
  /** Whose publish and subscribe a contract of AsyncAPI 2 has. */
  readonly perspective?: Perspective;
  /** Whether a channel that cannot be generated is an error, for every command whose exit code depends on findings. */
  readonly strict?: boolean;
}

const defaults = { contract: "asyncapi.yaml", out: "packages" };

const fields = {
  contract: "string",
  out: "string",
  scope: "string",
  perspective: "string",
  strict: "boolean",
} as const;

const kinds = { string: "a string", boolean: "true or false" } as const;

const isField = (name: string): name is keyof typeof fields => Object.hasOwn(fields, name);

/** The scope of the packages of a contract: the configured one belongs to the configured contract. */
export const scopeFor = (contract: string, project: Project): string | undefined =>
  contract === project.contract ? project.scope : undefined;

/** Reads the project in a folder. Rejects where its package.json is not valid. */
export async function readProject(cwd: string): Promise<Project> {
  const text = await readFile(join(cwd, "package.json"), "utf8").catch(() => null);
  return { ...defaults, ...(text === null ? {} : configIn(text)) };
}

function configIn(text: string): Partial<Project> {
  const found = parse(text).keyline ?? {};
  if (!isRecord(found)) throw new CommandError("couldNotRun", 'package.json: the field "keyline" is not an object');
  for (const name of Object.keys(found)) {
    if (!isField(name)) {
      const known = Object.keys(fields).join(", ");
      throw new CommandError("couldNotRun", `package.json: keyline.${name} is unknown: use ${known}`);
    }
    if (typeof found[name] !== fields[name])
      throw new CommandError("couldNotRun", `package.json: keyline.${name} is not ${kinds[fields[name]]}`);
  }
  if (found.perspective !== undefined && found.perspective !== "application" && found.perspective !== "client")
    throw new CommandError("couldNotRun", "package.json: keyline.perspective is neither application nor client");
  return found;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch (caught) {
    const reason = caught instanceof Error ? caught.message : String(caught);
    throw new CommandError("couldNotRun", `package.json is not valid JSON: ${reason}`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
