import { isScope } from "@keyline/codegen";
import { Command, InvalidArgumentError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addAudit } from "./audit/add-audit.js";
import { addDoctor } from "./commands/add-doctor.js";
import { addInit } from "./commands/add-init.js";
import { addTrace } from "./commands/add-trace.js";
import { check } from "./commands/check.js";
import { addDiff } from "./commands/diff.js";
import { docs } from "./commands/docs.js";
import { explain } from "./commands/explain.js";
import { generateCommand } from "./commands/generate.js";
import { type ParkedOptions, parked } from "./commands/parked.js";
import { type TopicsOptions, topics } from "./commands/topics.js";
import type { Config } from "./config.js";
import type { Io } from "./io.js";
import { generateText } from "./report/command.js";
import { addSkew } from "./skew/add-skew.js";

const defaults = { contract: "asyncapi.yaml", out: "packages" };

const exitHelp =
  "\nExit codes: 0 clean, 1 could not run, 2 usage, 3 findings, 130 interrupted, 143 ended by SIGTERM, 141 nobody reads on.\n";

function parseScope(text: string): string {
  if (!isScope(text)) throw new InvalidArgumentError("It is no npm scope: pass one like @my-events.");
  return text;
}

/** The scope that is configured belongs to the contract that is configured. */
function scopeFor(contract: string, config: Config): string | undefined {
  return contract === (config.contract ?? defaults.contract) ? config.scope : undefined;
}

const topicsHelp = `
Connects by --brokers, else by KAFKA_BROKERS, and KAFKA_SSL, KAFKA_SSL_CA, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME,
KAFKA_SASL_PASSWORD, KAFKA_SASL_TOKEN_FILE. Each topic of the contract comes with its dead-letter topic <topic>.dlq.
Never deletes a topic, and never changes the partition count of a keyed one.

Exit codes: 0 nothing to do, done, or (plan) told what there is to do, also what is refused; 1 could not run, or (apply)
something was refused; 2 usage; 3 (plan --exit-code) differences; 130 interrupted.
`;

function parseReplicas(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("It is no number of replicas: pass 1, 2, 3, …");
  return Number(text);
}

function addTopics(program: Command, io: Io, config: Config, done: (code: number) => void): void {
  const group = program.command("topics").description("compare a cluster's topics with the contract, and make them");
  const add = (action: TopicsOptions["action"], description: string) =>
    group
      .command(action)
      .description(description)
      .argument("[file]", "the AsyncAPI document", config.contract ?? defaults.contract)
      .option("--brokers <list>", "brokers of the cluster, as host:port, separated by commas")
      .option(
        "--replicas <n>",
        "replicas of every topic, whatever the contract says, for a small cluster",
        parseReplicas,
      )
      .option("--json", "the differences as JSON", false)
      .addHelpText("after", topicsHelp);
  type Given = { brokers?: string; replicas?: number; json: boolean; exitCode?: boolean; yes?: boolean };
  const run = (action: TopicsOptions["action"]) => async (file: string, given: Given) => {
    const { brokers, replicas = null, json, exitCode = false, yes = false } = given;
    done(await topics({ action, file, brokers, replicas, json, exitCode, yes }, io));
  };
  add("plan", "say what would be made and changed")
    .option("--exit-code", "exit 3 where there are differences", false)
    .action(run("plan"));
  add("apply", "make and change what is safe to, after asking")
    .option("--yes", "do not ask", false)
    .action(run("apply"));
}

const parkedHelp = `
Connects by --database-url, else by DATABASE_URL: the store of the apps. Every command is kept there with who asked, when,
and what came of it (table keyline.commands). Shows ids only, never payloads.

Exit codes: 0 nothing is parked, or released; 1 could not run, or the release stopped at an event that fails again;
2 usage; 3 (list) something is parked; 130 interrupted.
`;

function parseSeconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("It is no number of seconds.");
  return Number(text);
}

function addParked(program: Command, io: Io, done: (code: number) => void): void {
  const group = program.command("parked").description("events that failed and wait, with the later ones of their key");
  type Given = { databaseUrl?: string; app?: string; key?: string; by?: string; wait?: number; json: boolean };
  const run = (action: ParkedOptions["action"], key: string | undefined, given: Given) => {
    const { databaseUrl, app, by, wait = 0, json } = given;
    return parked({ action, databaseUrl, app, key: key ?? given.key, by, wait, json }, io).then(done);
  };
  const add = (action: ParkedOptions["action"], description: string) =>
    group
      .command(action)
      .description(description)
      .option("--database-url <url>", "the store's PostgreSQL")
      .option("--app <name>", "of this app alone")
      .option("--json", "as JSON", false)
      .addHelpText("after", parkedHelp);
  add("list", "the keys that wait, and why")
    .option("--key <key>", "this key alone")
    .action((given: Given) => run("list", undefined, given));
  for (const [action, description] of [
    ["replay", "apply a key's parked events in order"],
    ["skip", "give the first to the dead letters, then apply the others"],
  ] as const) {
    add(action, description)
      .argument("<key>", "the key, e.g. a student's id")
      .option("--by <name>", "who asks (default: the user of this machine)")
      .option("--wait <seconds>", "wait so long for the app to do it (default 10)", parseSeconds, 10)
      .action((key: string, given: Given) => run(action, key, given));
  }
}

/** The command's grammar. `done` is told the exit code of the command that ran. */
export function createProgram(io: Io, config: Config, done: (code: number) => void): Command {
  const program = new Command("keyline")
    .description("Typed event contracts for Kafka that keep a key's events in order.")
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.log,
      getOutHasColors: () => io.hasColor,
      getErrHasColors: () => io.hasColor,
    })
    .addHelpText(
      "after",
      `\nExamples:\n  keyline init my-events\n  keyline check\n  keyline generate --scope @my-events\n  keyline explain key-required\n${exitHelp}`,
    );
  const byDefault = { ...defaults, ...config };
  addInit(program, io, done);
  program
    .command("check")
    .description("check a contract and say where and why it breaks a rule")
    .argument("[file]", "the AsyncAPI document", byDefault.contract)
    .option("--json", "findings as JSON", false)
    .action(async (file: string, { json }: { json: boolean }) => {
      const generate = generateText({ contract: file, out: byDefault.out }, byDefault);
      done(await check({ file, json, generate }, io));
    });
  program
    .command("generate")
    .description("write the packages events, producer and consumer")
    .option("--contract <file>", "the AsyncAPI document", byDefault.contract)
    .option("--out <dir>", "the folder of the packages", byDefault.out)
    .option(
      "--scope <@name>",
      "the packages' npm scope (default: from package.json, else from the contract's title)",
      parseScope,
    )
    .option("--check", "write nothing; exit 3 where files are not as generated", false)
    .option("--watch", "generate again at every change", false)
    .action(async (options: { contract: string; out: string; scope?: string; check: boolean; watch: boolean }) => {
      const scope = options.scope ?? scopeFor(options.contract, config);
      done(await generateCommand({ ...options, scope, command: generateText(options, byDefault) }, io));
    });
  addDiff(program, io, byDefault.contract, done);
  program
    .command("docs")
    .description("write a page for each topic and message, in Markdown")
    .argument("[file]", "the AsyncAPI document", byDefault.contract)
    .option("--out <dir>", "the folder of the pages", "docs/contract")
    .option("--scope <@name>", "the npm scope that the snippets import from (default: as generate)", parseScope)
    .action(async (contract: string, { out, scope }: { out: string; scope?: string }) =>
      done(await docs({ contract, out, scope: scope ?? scopeFor(contract, config) }, io)),
    );
  addTopics(program, io, config, done);
  addParked(program, io, done);
  addTrace(program, io, config, done);
  addDoctor(program, io, config, done);
  addAudit(program, io, byDefault.contract, done);
  addSkew(program, io, byDefault.contract, done);
  program
    .command("explain")
    .description("print what a rule, an error code or a check is about")
    .argument("<id>", "the id, e.g. key-required, handler_failed, doctor-groups")
    .action(async (rule: string) => done(await explain(rule, io)));
  return program;
}
