import { basename, join, resolve } from "node:path";
import { command } from "../command/command.js";
import { CommandError } from "../command/outcome.js";
import { argument, flag, invalid, negation, option, textOption } from "../command/parameters.js";
import { perspectiveOption } from "../command/shared.js";
import { fieldText, likelyText } from "../init/choose-key.js";
import { namesOf, scopeFrom } from "../init/names.js";
import { type ProjectAround, projectAround } from "../init/project-around.js";
import { type ProjectNames, projectFiles } from "../init/template.js";
import { existing, writeNew, writeOver } from "../init/write.js";
import type { Io } from "../io.js";
import { counted } from "../report/counted.js";
import { nameText } from "../report/frame.js";

const scope = (text: string): string => scopeFrom(text) ?? invalid("Not a valid npm scope: pass one like @my-events.");

const keyField = (text: string): string | false => text;

/** Writes a starting point for a contract, a new one or one that is there. Overwrites nothing. */
export const init = command({
  name: "init",
  summary: "write a starting point for a contract of your own, new or existing",
  parameters: {
    dir: argument("[dir]", "the new project's folder", "."),
    from: textOption("--from <file>", "an AsyncAPI document to make the project around"),
    key: option("--key <field>", "with --from: the key, a field, a pointer or a runtime expression", keyField),
    noKey: negation("--no-key", "with --from: no key, and no question"),
    perspective: perspectiveOption,
    scope: option("--scope <@name>", "the generated packages' npm scope (default: from the folder's name)", scope),
    yes: flag("-y, --yes", "ask nothing"),
  },
  json: "what was written as JSON",
  details:
    "Writes a contract with two topics, the packages generated from it, a producer, a consumer, a projection and its test. All of it runs on a cluster in its own process, without Kafka. With --from, writes a project around that contract: with a copy of it and of the files that it refers to, or where it is if it lies in the folder. Where such a contract does not say which field is its events' key, asks for it. Asks at a terminal only; elsewhere no key is chosen but the one of --key. Overwrites nothing: where a file of the same name exists nothing is written; README.md and .gitignore are kept. Only a key is added to a contract that stays where it is.",
  examples: [
    "keyline init my-events",
    "keyline init . --scope @shop --yes",
    "keyline init my-events --from orders.yaml",
  ],
  exits: { clean: "written", couldNotRun: "could not write" },
  async run({ dir, from, key, scope, yes, perspective }, { io }) {
    if (from === undefined && key !== undefined) throw new CommandError("usage", "--key and --no-key are for --from");
    const folder = resolve(io.cwd, dir);
    const proposed = namesOf(basename(folder), scope);
    const names = scope !== undefined || yes || !io.ask ? proposed : await askScope(proposed, io.ask);
    const around =
      from === undefined
        ? null
        : await projectAround({ file: from, folder, names, key, isAsked: !yes, perspective }, io);
    const files = around?.files ?? (await projectFiles(names));
    const { kept, inTheWay } = await existing(folder, files);
    if (inTheWay.length > 0) throw new CommandError("couldNotRun", inTheWayText(inTheWay));
    const written = files.filter(({ path }) => !kept.includes(path));
    await writeNew(folder, written);
    if (around) await writeOver(folder, around.changed);
    const paths = written.map(({ path }) => path);
    const json = { folder, ...names, files: paths, kept };
    if (around === null) return { exit: "clean", text: textOf(paths, kept, dir), json };
    const chosen = { contract: around.contract, key: around.choice?.expression ?? null };
    return { exit: "clean", text: aroundText(around, kept, { dir, from: from ?? "" }), json: { ...json, ...chosen } };
  },
});

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
    ...keyText(around, dir),
    `Next: ${enterText(dir)}npm install && npm start`,
    "",
  ].join("\n");
}

const inPlaceText = ({ changed }: ProjectAround) =>
  `the contract, where it was${changed.length > 0 ? ", with the key added to it" : ""}`;

function keyText({ choice, choices, contract }: ProjectAround, dir: string): readonly string[] {
  if (choice !== null) {
    const { channels, others } = choice;
    const rest = others.length === 0 ? "" : `; x-ordering: none in ${counted(others.length, "other")}`;
    return [`key: ${choice.expression} in ${counted(channels.length, "channel")}${rest}, in ${contract}`, ""];
  }
  const [likeliest] = choices.likely;
  if (choices.isDecided || likeliest === undefined) return [];
  const { others } = likeliest;
  const none = others.length === 0 ? "" : `, x-ordering: none to ${channelsText(others)}`;
  return [
    "no key was chosen: records carry none, and nothing keeps the order of their events over partitions",
    `likely: ${likelyText(choices)}`,
    `To choose ${fieldText(likeliest)}, add this line at the root of ${join(dir, contract)}${none}, then run npm run generate:`,
    "",
    choices.line(likeliest),
    "",
  ];
}

const channelsText = (ids: readonly string[]) => {
  const more = ids.length > 9 ? ` and ${ids.length - 9} more` : "";
  return `${ids.length === 1 ? "channel" : "channels"} ${ids.slice(0, 9).map(nameText).join(", ")}${more}`;
};

const keptText = (kept: readonly string[]) => (kept.length === 0 ? [] : [`kept as they are: ${kept.join(", ")}`]);

const enterText = (dir: string) => (dir === "." ? "" : `cd ${/[^\w./-]/.test(dir) ? JSON.stringify(dir) : dir} && `);

function textOf(paths: readonly string[], kept: readonly string[], dir: string): string {
  const shown = paths.flatMap((path) => (notes[path] ? [`  ${path.padEnd(22)}${notes[path]}`] : []));
  const generated = `  ${"packages/".padEnd(22)}generated from the contract: events, producer, consumer`;
  return [...shown, generated, ...keptText(kept), "", `Next: ${enterText(dir)}npm install && npm start`, ""].join("\n");
}
