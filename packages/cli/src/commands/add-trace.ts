import type { Command } from "commander";
import { countArgument, durationArgument, listArgument, momentArgument } from "../cluster/arguments.js";
import type { Config } from "../config.js";
import type { Io } from "../io.js";
import { contractArgument } from "../report/command.js";
import { trace } from "./trace.js";

const help = `
Reads the key's partition of each topic of its domain and of each dead-letter topic, from --since on, and joins what it
finds by cause: by the header keyline-after, else by the correlation id. Shows ids only. Changes nothing.

Times: a duration ago (30m, 1h, 2d) or ISO 8601, UTC where it names no zone.
Connects by --brokers, else by KAFKA_BROKERS, and KAFKA_SSL, KAFKA_SSL_CA, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME,
KAFKA_SASL_PASSWORD, KAFKA_SASL_TOKEN_FILE. Parked events are shown where --database-url or DATABASE_URL is given.

Examples:
  keyline trace 42
  keyline trace 42 --since 1h --topic code.executed --topic struggle.detected
  keyline trace 42 --everywhere --json

Exit codes: 0 nothing is wrong; 1 could not run, or could not read all of it; 2 usage; 3 something is wrong: an event is
dead-lettered, parked, astray, none of the contract, there twice, or names a cause that is not there or can be none;
130 or 143 interrupted, with what was found so far; 141 nobody reads on.
`;

interface Given {
  readonly contract: string;
  readonly domain?: string;
  readonly since?: number;
  readonly until?: number;
  readonly topic: readonly string[];
  readonly follow: boolean;
  readonly everywhere: boolean;
  readonly showPayload: boolean;
  readonly limit: number;
  readonly wait: number;
  readonly gap: number;
  readonly brokers?: string;
  readonly databaseUrl?: string;
  readonly json: boolean;
}

/** Adds `keyline trace`. */
export function addTrace(program: Command, io: Io, config: Config, done: (code: number) => void): void {
  const byDefault = config.contract ?? "asyncapi.yaml";
  program
    .command("trace")
    .description("show one key's events over all topics as one line of history")
    .argument("<key>", "the key, e.g. a student's id")
    .option("--since <time>", "only what was stamped since (default: all that the logs hold)", momentArgument)
    .option("--until <time>", "only what was stamped until", momentArgument)
    .option("--topic <topic>", "only this topic; may be given more than once", listArgument, [])
    .option("-f, --follow", "go on with what comes, until Ctrl-C", false)
    .option("--everywhere", "read every partition, and show what went astray", false)
    .option("--show-payload", "show payloads too", false)
    .option(
      "--limit <n>",
      "show the newest n events, keeping so many of each partition, about 1 KB each",
      countArgument,
      10_000,
    )
    .option(
      "--wait <duration>",
      "mark an event that came later than this after its cause (default 30s)",
      durationArgument,
      30_000,
    )
    .option("--gap <duration>", "mark a silence longer than this (default 10m)", durationArgument, 600_000)
    .option("--contract <file>", "the AsyncAPI document", byDefault)
    .option("--domain <name>", "the ordering domain, where the contract has several")
    .option("--brokers <list>", "brokers of the cluster, as host:port, separated by commas")
    .option("--database-url <url>", "the PostgreSQL that holds parked events")
    .option("--json", "the history as JSON", false)
    .addHelpText("after", help)
    .action(async (key: string, given: Given) => {
      const { since = null, until = null, topic, wait, gap, contract, domain, brokers, databaseUrl, ...flags } = given;
      const named = { contract, contractArgument: contractArgument(contract, byDefault) };
      const where = { ...named, domain, brokers, databaseUrl };
      const times = { sinceMs: since, untilMs: until, waitMs: wait, gapMs: gap };
      done(await trace({ key, topics: topic, ...where, ...times, ...flags }, io));
    });
}
