import { Argument, type Command as Grammar } from "commander";
import type { Project } from "../config.js";
import type { Io } from "../io.js";
import type { Command } from "./command.js";
import { detailsText, helpWidth } from "./help.js";
import { needParameters, openNeeds } from "./needs.js";
import { printErrorJson, printOutcome } from "./outcome.js";
import { flag, grammarOf, inputOf, type Parameters } from "./parameters.js";

/** Adds a command to the grammar, under its group where it has one. `done` is called with its exit code. */
export function addCommand(
  program: Grammar,
  declared: Command,
  { io, project, done }: { readonly io: Io; readonly project: Project; readonly done: (code: number) => void },
): void {
  const added = parentOf(program, declared).command(declared.name).description(declared.summary);
  const parameters = parametersOf(declared);
  added.configureOutput({ outputError: (text, write) => write(withHelp(text, parameters)) });
  for (const parameter of Object.values(parameters)) {
    const grammar = grammarOf(parameter, project);
    if (grammar instanceof Argument) added.addArgument(grammar);
    else added.addOption(grammar);
  }
  added.addHelpText("after", detailsText(declared, helpWidth(io))).action(async () => {
    const input = inputOf(parameters, { args: added.processedArgs, options: added.opts() }, project);
    done(await runCommand(declared, input, io, project));
  });
}

/** An error about an argument that is missing, with what the argument is. */
const withHelp = (error: string, parameters: Parameters): string =>
  error.replace(/missing required argument '(.*)'/, (said, name) => {
    const missing = Object.values(parameters).find(({ syntax }) => syntax === `<${name}>`);
    return missing ? `${said}: ${missing.help}` : said;
  });

function parentOf(program: Grammar, { group }: Command): Grammar {
  if (!group) return program;
  const known = program.commands.find((one) => one.name() === group.name);
  return known ?? program.command(group.name).description(group.summary);
}

const parametersOf = ({ parameters, needs = {}, json }: Command): Parameters => ({
  ...needParameters(needs),
  ...parameters,
  ...(json === undefined ? {} : { json: flag("--json", json) }),
});

async function runCommand(
  { name, group, needs = {}, ...declared }: Command,
  input: Readonly<Record<string, unknown>>,
  io: Io,
  project: Project,
): Promise<number> {
  const isJson = input.json === true || declared.isJson?.(input) === true;
  const fullName = group ? `${group.name} ${name}` : name;
  const { given, close } = openNeeds(needs, input, io);
  const releases: ((() => void) | undefined)[] = [];
  try {
    const say = (text: string) => {
      if (!isJson) io.out(text);
    };
    const endsItself = () => void releases.push(io.holdExit?.());
    const outcome = await declared.run(input, { ...given, io, project, isJson, say, endsItself });
    return printOutcome(fullName, outcome, isJson, io);
  } catch (caught) {
    if (isJson && declared.hasErrorJson) printErrorJson(fullName, caught, io);
    throw caught;
  } finally {
    await close();
    for (const release of releases) release?.();
  }
}
