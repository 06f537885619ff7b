import { parseArgs } from "node:util";
import { positive, whole } from "../program.js";

/** How a run of the outbox is made. */
export interface OutboxOptions {
  /** Transactions that commit. */
  readonly commits: number;
  readonly students: number;
  readonly seed: number;
  readonly brokers: 1 | 3;
  /** Faults come for so long at least (seconds): the writers may be done sooner. */
  readonly seconds: number;
  readonly json: boolean;
}

export const outboxHelp = `usage: npm run chaos -- --outbox [--commits N] [--seed K]

Two processes write to an outbox on a real PostgreSQL, in transactions of which some roll back; three relays publish to a real
Kafka. Writers, relays, brokers and the database are killed, relays stalled, answers lost. Then the logs, as Kafka's own client
reads them, are held against what was committed: 0 lost, 0 out of order, 0 of transactions that rolled back.

  --commits N    transactions that commit (default 100000)
  --seconds S    how long faults come, at least (default 60)
  --seed K       other faults (default 1)
  --students N   how many keys (default 200)
  --brokers N    1 or 3 (default 3)
  --json         prints one JSON object

exit codes: 0 all held, 1 the run could not be made, 2 usage, 3 something did not hold
`;

/** Reads the command line, without `--outbox`. */
export function readOutboxOptions(args: readonly string[]): OutboxOptions | "help" | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", default: false },
        commits: { type: "string", default: "100000" },
        seconds: { type: "string", default: "60" },
        seed: { type: "string", default: "1" },
        students: { type: "string", default: "200" },
        brokers: { type: "string", default: "3" },
        json: { type: "boolean", default: false },
      },
    });
    if (values.help) return "help";
    const brokers = Number(values.brokers);
    if (brokers !== 1 && brokers !== 3) return { problem: `--brokers must be 1 or 3, not ${values.brokers}` };
    return {
      commits: positive("commits", values.commits),
      seconds: positive("seconds", values.seconds),
      seed: whole("seed", values.seed),
      students: positive("students", values.students),
      brokers,
      json: values.json,
    };
  } catch (caught) {
    return { problem: caught instanceof Error ? caught.message : String(caught) };
  }
}
