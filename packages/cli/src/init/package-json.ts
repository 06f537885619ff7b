import { constants } from "node:fs";
import { access, lstat, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../command/outcome.js";
import { configIn, type Project } from "../config.js";
import { withMembers } from "./json-text.js";

/** The package.json of a project that exists. */
export interface PackageJson {
  readonly text: string;
  readonly name: string | null;
  /** What it says of the files beside it; null where it says nothing, and Node looks at each file's text. */
  readonly type: "module" | "commonjs" | null;
  readonly isMonorepo: boolean;
  readonly scripts: Readonly<Record<string, string>>;
  /** Names of packages that it asks for. */
  readonly dependencies: ReadonlySet<string>;
  /** The field `keyline`; null without it. */
  readonly keyline: Partial<Project> | null;
}

const refused = (why: string) => new CommandError("couldNotRun", `${why}: nothing was written`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fields = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

function parse(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (caught) {
    throw refused(`${path} is not valid JSON: ${caught instanceof Error ? caught.message : String(caught)}`);
  }
  if (!isRecord(value)) throw refused(`${path} is not a JSON object`);
  return value;
}

/** Throws where what is asked for cannot be written into the file without harm to something else. */
async function refuseUnwritable(path: string): Promise<void> {
  const { mode } = await stat(path);
  const canWrite = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
  // The superuser may write what is read-only; it still is not meant to be.
  if (!canWrite || (mode & 0o222) === 0) throw refused(`${path} is read-only`);
}

/** Reads the package.json of a folder; null where there is none. Rejects where it cannot be added to. */
export async function readPackageJson(folder: string): Promise<PackageJson | null> {
  const path = join(folder, "package.json");
  const entry = await lstat(path).catch(() => null);
  if (entry === null) return null;
  if (entry.isSymbolicLink())
    throw refused(`${path} is a symbolic link, and what it leads to may belong to others: name that folder`);
  if (!entry.isFile()) throw refused(`${path} is not a regular file`);
  const text = await readFile(path, "utf8");
  const manifest = parse(text, path);
  const scripts = manifest.scripts ?? {};
  if (!isRecord(scripts)) throw refused(`${path}: the field "scripts" is not an object`);
  await refuseUnwritable(path);
  const isPnpmRoot = await stat(join(folder, "pnpm-workspace.yaml")).catch(() => null);
  return {
    text,
    name: typeof manifest.name === "string" ? manifest.name : null,
    type: manifest.type === "module" || manifest.type === "commonjs" ? manifest.type : null,
    isMonorepo: manifest.workspaces !== undefined || isPnpmRoot !== null,
    scripts: Object.fromEntries(Object.entries(scripts).map(([name, value]) => [name, String(value)])),
    dependencies: new Set(fields.flatMap((field) => Object.keys(Object(manifest[field])))),
    keyline: manifest.keyline === undefined ? null : configIn(text),
  };
}

/** What is added to a package.json. */
export interface PackageAdditions {
  readonly scripts: Readonly<Record<string, string>>;
  readonly keyline: object | null;
}

/** The text of a package.json with additions; all else in it stays as it is. */
export function withAdditions({ text }: PackageJson, { scripts, keyline }: PackageAdditions): string {
  const result = withMembers(withMembers(text, scripts, "scripts"), keyline === null ? {} : { keyline });
  // Of two members of one name the last counts, and the first was changed.
  const { scripts: now } = parse(result, "package.json");
  const isLost = Object.keys(scripts).some((name) => !isRecord(now) || !Object.hasOwn(now, name));
  if (isLost) throw refused("package.json has the field scripts twice: leave one of them");
  return result;
}
