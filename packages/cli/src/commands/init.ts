import { basename, join, resolve } from "node:path";
import { command } from "../command/command.js";
import { CommandError, type Outcome } from "../command/outcome.js";
import { argument, flag, type InputOf, invalid, negation, option, textOption } from "../command/parameters.js";
import { perspectiveOption } from "../command/shared.js";
import { type Addition, planAddition } from "../init/add-to-project.js";
import { uncommitted } from "../init/git.js";
import { keyText } from "../init/key-text.js";
import { namesOf, scopeFrom } from "../init/names.js";
import { type PackageJson, readPackageJson } from "../init/package-json.js";
import { type ProjectAround, projectAround } from "../init/project-around.js";
import { type ProjectNames, projectFiles } from "../init/template.js";
import { applyChanges, existing } from "../init/write.js";
import type { Io } from "../io.js";

const scope = (text: string): string => scopeFrom(text) ?? invalid("Not a valid npm scope: pass one like @my-events.");

const keyField = (text: string): string | false => text;

const parameters = {
  dir: argument("[dir]", "the folder of the new or existing project", "."),
  from: textOption("--from <file>", "an existing AsyncAPI document to use as the contract"),
  key: option("--key <field>", "with an existing contract: the key, a field, a pointer or an expression", keyField),
  noKey: negation("--no-key", "with an existing contract: no key, and no question"),
  perspective: perspectiveOption,
  scope: option(
    "--scope <@name>",
    "in a new project: the packages' npm scope (default: from the folder's name)",
    scope,
  ),
  out: textOption(
    "--out <dir>",
    "in an existing project: the folder of generated code (default: src/keyline, or keyline if there is no src)",
  ),
  yes: flag("-y, --yes", "do not ask"),
  dryRun: flag("--dry-run", "show what would be written, and write nothing"),
};

type Input = InputOf<typeof parameters>;

/** Sets up a project, new or existing. Overwrites nothing. */
export const init = command({
  name: "init",
  summary: "set up a new or an existing project for a contract",
  parameters,
  json: "what was written as JSON",
  details:
    "In a folder without package.json, writes a contract with two topics, the packages generated from it, a producer, a consumer, a projection and its test, which run without Kafka. With --from, writes a project around that contract, with a copy of it and of the files that it refers to; a contract inside the folder stays where it is. In a folder with package.json, adds a contract (or uses the existing one), two scripts and the field keyline, changes nothing else, and prints the commands to run next. If an existing contract does not say which field is the key of its events, asks at a terminal; elsewhere it uses --key, or no key. Writes all files or none, and overwrites nothing; existing README.md and .gitignore are kept.",
  examples: [
    "keyline init my-events",
    "keyline init . --scope @shop --yes",
    "keyline init my-events --from orders.yaml",
    "keyline init services/orders --dry-run",
  ],
  exits: { clean: "written, or nothing to add", couldNotRun: "could not write" },
  async run(input, { io }) {
    const folder = resolve(io.cwd, input.dir);
    const found = await readPackageJson(folder);
    return found === null ? createProject(input, folder, io) : addToProject(found, input, folder, io);
  },
});

async function createProject(input: Input, folder: string, io: Io): Promise<Outcome> {
  const { dir, from, key, scope, yes, perspective, dryRun } = input;
  if (from === undefined && key !== undefined) throw new CommandError("usage", "--key and --no-key are for --from");
  if (input.out !== undefined) throw new CommandError("usage", "--out is for an existing project");
  const proposed = namesOf(basename(folder), scope);
  const names = scope !== undefined || yes || !io.ask ? proposed : await askScope(proposed, io.ask);
  const place = { folder, names, key, isKeyKnown: false, isAsked: !yes, perspective };
  const around = from === undefined ? null : await projectAround({ file: from, ...place }, io);
  const files = around?.files ?? (await projectFiles(names));
  const { kept, inTheWay } = await existing(folder, files);
  if (inTheWay.length > 0) throw new CommandError("couldNotRun", inTheWayText(inTheWay));
  const added = files.filter(({ path }) => !kept.includes(path));
  if (!dryRun) await applyChanges(folder, { added, changed: around?.changed ?? [] });
  const paths = added.map(({ path }) => path);
  const json = { folder, ...names, files: paths, kept, dryRun };
  const end = dryRun ? dryRunText : "";
  if (around === null) return { exit: "clean", text: `${textOf(paths, kept, dir)}${end}`, json };
  const chosen = { contract: around.contract, key: around.choice?.expression ?? null };
  const text = aroundText(around, kept, { dir, from: from ?? "" });
  return { exit: "clean", text: `${text}${end}`, json: { ...json, ...chosen } };
}

const dryRunText = "dry run: nothing was written\n";

async function askScope(proposed: ProjectNames, ask: NonNullable<Io["ask"]>): Promise<ProjectNames> {
  const answer = (await ask(`npm scope of the generated packages [${proposed.scope}] `)).trim();
  if (answer === "") return proposed;
  const scope = scopeFrom(answer);
  if (scope === null)
    throw new CommandError("usage", `${JSON.stringify(answer)} is not a valid npm scope: give one like @my-events`);
  return { ...proposed, scope };
}

function inTheWayText(paths: readonly string[]): string {
  const shown = `${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ", …" : ""}`;
  return `${shown} already ${paths.length === 1 ? "exists" : "exist"}: nothing was written; name another folder`;
}

const notes: Readonly<Record<string, string>> = {
  "asyncapi.yaml": "the contract: start here",
  "src/main.ts": "runs the two below on one cluster, with health pages",
  "src/producer.ts": "sends events of three orders",
  "src/consumer.ts": "receives them, each order in order",
  "src/balance.ts": "a projection: a state for each order",
  "test/balance.test.ts": "tests it without a broker",
};

/** What a contract's project has, and what became of its key. */
function aroundText(
  around: ProjectAround,
  kept: readonly string[],
  { dir, from }: { dir: string; from: string },
): string {
  const shown = [
    [around.contract, around.isInPlace ? inPlaceText(around) : `the contract, a copy of ${from}`],
    ["src/main.ts", "lists the topics"],
    ["packages/", "generated from the contract: events, producer, consumer"],
  ];
  const lines = shown.map(([path = "", note]) => `  ${path.padEnd(22)}${note}`);
  return [
    ...lines,
    ...keptText(kept),
    "",
    ...keyText(around, { dir, generate: "npm run generate" }),
    `Next: ${enterText(dir)}npm install && npm start`,
    "",
  ].join("\n");
}

const inPlaceText = ({ changed }: ProjectAround) =>
  `the contract, where it was${changed.length > 0 ? ", with the key added to it" : ""}`;

const keptText = (kept: readonly string[]) => (kept.length === 0 ? [] : [`kept as they are: ${kept.join(", ")}`]);

const enterText = (dir: string) => (dir === "." ? "" : `cd ${/[^\w./-]/.test(dir) ? JSON.stringify(dir) : dir} && `);

function textOf(paths: readonly string[], kept: readonly string[], dir: string): string {
  const shown = paths.flatMap((path) => (notes[path] ? [`  ${path.padEnd(22)}${notes[path]}`] : []));
  const generated = `  ${"packages/".padEnd(22)}generated from the contract: events, producer, consumer`;
  return [...shown, generated, ...keptText(kept), "", `Next: ${enterText(dir)}npm install && npm start`, ""].join("\n");
}

async function addToProject(found: PackageJson, input: Input, folder: string, io: Io): Promise<Outcome> {
  const { dir, from, key, perspective, out, dryRun } = input;
  if (input.scope !== undefined)
    throw new CommandError("usage", "--scope is for a new project: here, code is generated into one folder");
  const wanted = { folder, dir, from, key, isAsked: !input.yes, perspective, out };
  const addition = await planAddition(found, wanted, io);
  const { added, changed } = addition.changes;
  const dirty = await uncommitted(
    folder,
    changed.map(({ path }) => path),
  );
  if (!dryRun) await applyChanges(folder, addition.changes);
  return {
    exit: "clean",
    text: `${additionText(addition, dirty, dir)}${dryRun ? dryRunText : ""}`,
    json: {
      ...{ folder, contract: addition.contract, key: addition.placed?.choice?.expression ?? null },
      files: added.map(({ path }) => path),
      changed: changed.map(({ path }) => path),
      ...{ lines: addition.lines, next: addition.next, dryRun },
    },
  };
}

/** What was done, a line each, and what comes next. */
function additionText(
  { lines, placed, next, changes, generate }: Addition,
  dirty: readonly string[],
  dir: string,
): string {
  const width = Math.max(...lines.map(({ what }) => what.length));
  const isDone = changes.added.length + changes.changed.length === 0;
  return [
    ...lines.map(({ done, what, note }) => `${done.padEnd(7)}  ${what.padEnd(width)}  ${note}`),
    ...(isDone ? ["nothing to add"] : []),
    ...dirty.map((path) => `${join(dir, path)} had changes that are not committed: git diff shows both`),
    "",
    ...(placed === null ? [] : keyText(placed, { dir, generate })),
    `Next: ${enterText(dir)}${next.join(" && ")}`,
    "",
  ].join("\n");
}
