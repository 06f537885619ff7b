import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The field `keyline` of the package.json in the working directory. */
export interface Config {
  readonly contract?: string;
  readonly out?: string;
  readonly scope?: string;
}

/** What is wrong with a package.json. */
export class ConfigError extends Error {}

const fields = ["contract", "out", "scope"] as const;

/** Reads the configuration; empty where there is none. Throws a ConfigError where it cannot be understood. */
export async function readConfig(cwd: string): Promise<Config> {
  const text = await readFile(join(cwd, "package.json"), "utf8").catch(() => null);
  if (text === null) return {};
  const found = parse(text).keyline ?? {};
  if (!isRecord(found)) throw new ConfigError('package.json: the field "keyline" is no object');
  for (const name of Object.keys(found)) {
    const isKnown = fields.some((field) => field === name);
    if (!isKnown) throw new ConfigError(`package.json: keyline.${name} is unknown: use ${fields.join(", ")}`);
    if (typeof found[name] !== "string") throw new ConfigError(`package.json: keyline.${name} is no string`);
  }
  return found;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch (caught) {
    throw new ConfigError(`package.json is no JSON: ${caught instanceof Error ? caught.message : String(caught)}`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
