import { parseArgs } from "node:util";
import { positive, whole } from "@student-events/chaos/program";

/** How a run is made. */
export interface HostileOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly students: number;
  /** Good events a second. */
  readonly rate: number;
  /** Hostile records a second, in the windows that have some. */
  readonly hostileRate: number;
  /** How many contracts are checked; with any, no records are written. */
  readonly contracts: number;
  readonly json: boolean;
}

export const hostileHelp = `usage: npm run hostile -- [--minutes M] [--seed K]
       npm run hostile -- --contracts N [--seed K]

Runs the apps progress and struggle on a real Kafka and a real PostgreSQL, in processes of their own. A class publishes, and in
every other window of a minute hostile records of every kind are written between its events. Then it holds the apps' tables and
outputs against the class's events, each hostile record against its fate, and memory and latency against their bounds.

With --contracts it checks so many hostile contracts by keyline check instead: each ends in time, with an exit code that is
documented.

  --minutes M        how long events are published (default 4)
  --seed K           other records, another class (default 1)
  --students N       how many students (default 60)
  --rate R           good events a second (default 40)
  --hostile-rate R   hostile records a second (default 20)
  --contracts N      checks N contracts, and writes no records
  --json             prints one JSON object

exit codes: 0 all held, 1 the run could not be made, 2 usage, 3 something did not hold
`;

/** Reads the command line. */
export function readHostileOptions(args: readonly string[]): HostileOptions | "help" | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", default: false },
        minutes: { type: "string", default: "4" },
        seed: { type: "string", default: "1" },
        students: { type: "string", default: "60" },
        rate: { type: "string", default: "40" },
        "hostile-rate": { type: "string", default: "20" },
        contracts: { type: "string", default: "0" },
        json: { type: "boolean", default: false },
      },
    });
    if (values.help) return "help";
    return {
      minutes: positive("minutes", values.minutes),
      seed: whole("seed", values.seed),
      students: whole("students", values.students),
      rate: positive("rate", values.rate),
      hostileRate: positive("hostile-rate", values["hostile-rate"]),
      contracts: whole("contracts", values.contracts),
      json: values.json,
    };
  } catch (caught) {
    return { problem: caught instanceof Error ? caught.message : String(caught) };
  }
}
