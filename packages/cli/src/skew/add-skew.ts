import { type Command, InvalidArgumentError } from "commander";
import { addScope, countArgument } from "../cluster/arguments.js";
import { skew } from "../commands/skew.js";
import type { Io } from "../io.js";
import { contractArgument } from "../report/command.js";

const help = `
Connects by --brokers, else by KAFKA_BROKERS, KAFKA_SSL, KAFKA_SSL_CA and KAFKA_SASL_*. Reads only, and joins no consumer
group. Prints keys, never payloads.

Exit codes: 0 no lane is above the limit; 1 could not run, or could not read everything; 2 usage; 3 a lane is above the limit;
130 interrupted and 143 ended by SIGTERM, after what was counted until then.
`;

const defaultLimit = 2;

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && limit >= 1) return limit;
  throw new InvalidArgumentError("It is no limit: pass how many times the mean the busiest lane may have, e.g. 1.5.");
}

interface Given {
  readonly brokers?: string;
  readonly domain?: string;
  readonly topic?: readonly string[];
  readonly since?: number;
  readonly until?: number;
  readonly top: number;
  readonly partitions?: string;
  readonly limit: number;
  readonly json: boolean;
}

const countsArgument = (text: string): readonly number[] => text.split(",").map((one) => countArgument(one.trim()));

/** Adds `keyline skew` to the command's grammar. */
export function addSkew(program: Command, io: Io, contract: string, done: (code: number) => void): void {
  addScope(
    program
      .command("skew")
      .description("say which keys and lanes have how much of the load, and what other partition counts would give")
      .argument("[file]", "the AsyncAPI document", contract),
  )
    .option("--domain <name>", "the ordering domain (default: the only one)")
    .option("--top <n>", "how many hot keys to tell", countArgument, 10)
    .option("--partitions <list>", "partition counts to try, e.g. 12,24,48", (text) => {
      countsArgument(text);
      return text;
    })
    .option("--limit <ratio>", "how many times the mean the busiest lane may have", parseLimit, defaultLimit)
    .option("--json", "the report as JSON", false)
    .addHelpText("after", help)
    .action(async (file: string, given: Given) => {
      const { brokers, domain, topic, since, until, top, partitions, limit, json } = given;
      const counts = partitions === undefined ? undefined : countsArgument(partitions);
      const times = { sinceMs: since, untilMs: until };
      const named = { file, contractArgument: contractArgument(file, contract) };
      done(await skew({ ...named, brokers, domain, topics: topic, ...times, top, counts, limit, json }, io));
    });
}
