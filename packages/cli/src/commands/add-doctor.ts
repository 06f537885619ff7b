import { type Command, InvalidArgumentError } from "commander";
import type { Config } from "../config.js";
import type { Io } from "../io.js";
import { generateText } from "../report/command.js";
import { doctor } from "./doctor.js";

const help = `
One line each: ok, todo with what to do, or - for what was not asked. Changes nothing, neither on the cluster nor in the
database. Connects as keyline topics does; asks the database where --database-url or DATABASE_URL is given.

Examples:
  keyline doctor
  keyline doctor --brokers localhost:9092 --replicas 1 --app progress

Exit codes: 0 nothing to do, 1 could not run, 2 usage, 3 something to do, 130 interrupted.
`;

function replicas(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("It is no number of replicas: pass 1, 2, 3, …");
  return Number(text);
}

interface Given {
  readonly contract: string;
  readonly out: string;
  readonly brokers?: string;
  readonly replicas?: number;
  readonly app?: string;
  readonly databaseUrl?: string;
  readonly json: boolean;
}

/** Adds `keyline doctor`. */
export function addDoctor(program: Command, io: Io, config: Config, done: (code: number) => void): void {
  const contract = config.contract ?? "asyncapi.yaml";
  const out = config.out ?? "packages";
  program
    .command("doctor")
    .description("look at everything that an app needs, and say what to do")
    .option("--contract <file>", "the AsyncAPI document", contract)
    .option("--out <dir>", "the folder of the generated packages", out)
    .option("--brokers <list>", "brokers of the cluster, as host:port, separated by commas")
    .option("--replicas <n>", "replicas of every topic, whatever the contract says, for a small cluster", replicas)
    .option("--app <name>", "the app whose rights are looked at (default: all of the contract's)")
    .option("--database-url <url>", "the store's PostgreSQL")
    .option("--json", "the checks as JSON", false)
    .addHelpText("after", help)
    .action(async (given: Given) => {
      const scope = given.contract === contract ? config.scope : undefined;
      const { brokers, app, databaseUrl } = given;
      const generate = generateText(given, { contract, out });
      done(
        await doctor({ ...given, scope, generate, brokers, app, databaseUrl, replicas: given.replicas ?? null }, io),
      );
    });
}
