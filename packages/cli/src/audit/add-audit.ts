import type { Command } from "commander";
import { addScope, countArgument } from "../cluster/arguments.js";
import { audit } from "../commands/audit.js";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { contractArgument } from "../report/command.js";

const help = `
Connects by --brokers, else by KAFKA_BROKERS, KAFKA_SSL, KAFKA_SSL_CA and KAFKA_SASL_*. Reads only, and joins no consumer
group. Prints ids and keys, never payloads, unless --show-payload is given. Counts what is parked where DATABASE_URL says
where the apps' store is.

Exit codes: 0 clean; 1 could not run, or could not look at everything; 2 usage; 3 findings; 130 interrupted and 143 ended
by SIGTERM, after what was found until then.
`;

interface Given {
  readonly brokers?: string;
  readonly topic?: readonly string[];
  readonly since?: number;
  readonly until?: number;
  readonly window?: number;
  readonly replicas?: number;
  readonly findings?: string;
  readonly showPayload: boolean;
  readonly json: boolean;
  readonly follow: boolean;
  readonly port?: number;
  readonly every?: number;
}

/** What cannot be meant of options that belong together; null where nothing is wrong. */
function followProblem({ follow, port, every, until }: Given): string | null {
  if (follow) return until === undefined ? null : "--until ends what --follow goes on with: leave one of them out";
  if (port !== undefined) return "--port is of the metrics that --follow serves: pass --follow too, or leave it out";
  return every === undefined ? null : "--every is how often --follow looks: pass --follow too, or leave it out";
}

/** Adds `keyline audit` to the command's grammar. */
export function addAudit(program: Command, io: Io, contract: string, done: (code: number) => void): void {
  addScope(
    program
      .command("audit")
      .description("hold every record of the contract's topics, and the cluster, against the contract")
      .argument("[file]", "the AsyncAPI document", contract),
  )
    .option("--window <events>", "look for ids among so many latest events (default 1000000: 101 MB)", countArgument)
    .option("--replicas <n>", "replicas of every topic, whatever the contract says, for a small cluster", countArgument)
    .option("--findings <file>", "write every finding to a file, a line of JSON each")
    .option("--show-payload", "show what the records of findings say", false)
    .option("--json", "the report as JSON", false)
    .option("--follow", "go on with what comes, and serve Prometheus metrics to this machine", false)
    .option("--port <n>", "the metrics' port (default: a free one, said on stderr)", countArgument)
    .option("--every <seconds>", "how often to look for new records (default 5)", countArgument)
    .addHelpText("after", help)
    .action(async (file: string, given: Given) => {
      const problem = followProblem(given);
      if (problem !== null) {
        io.log(`error: ${problem}\n`);
        return done(exitCodes.usage);
      }
      const { brokers, topic, since, until, window, replicas, findings, showPayload, json } = given;
      const named = { file, contractArgument: contractArgument(file, contract) };
      const what = { ...named, brokers, topics: topic, sinceMs: since, untilMs: until, window, replicas };
      const follow = given.follow ? { port: given.port ?? 0, everyMs: (given.every ?? 5) * 1000 } : null;
      done(await audit({ ...what, findings, showPayload, json, follow }, io));
    });
}
