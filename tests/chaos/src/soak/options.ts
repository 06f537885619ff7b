import { parseArgs } from "node:util";
import { positive, whole } from "../program.js";

/** How a soak is made. */
export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly students: number;
  /** Events a second. */
  readonly rate: number;
  readonly json: boolean;
}

export const soakHelp = `usage: npm run soak -- [--minutes M] [--students N] [--rate R]

Runs progress, struggle and teacher, each in a process of its own, and a client that listens to the teacher's page, on a real
Kafka of one broker and a real PostgreSQL, while a class publishes. Measures the memory of each process, how far the apps are
behind, and the size of the database. What is seen in the last third is held against the middle third: memory that grows on is
a leak, and shows the better the longer the run is.

  --minutes M    how long events are published (default 30)
  --students N   how many students (default 5000)
  --rate R       events a second (default 200)
  --seed K       another class (default 1)
  --json         prints one JSON object

exit codes: 0 memory is flat and lag bounded, 1 the run could not be made, 2 usage, 3 memory is not flat or lag not bounded
`;

/** Reads the command line. */
export function readSoakOptions(args: readonly string[]): SoakOptions | "help" | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", default: false },
        minutes: { type: "string", default: "30" },
        students: { type: "string", default: "5000" },
        rate: { type: "string", default: "200" },
        seed: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
      },
    });
    if (values.help) return "help";
    return {
      minutes: positive("minutes", values.minutes),
      seed: whole("seed", values.seed),
      students: whole("students", values.students),
      rate: positive("rate", values.rate),
      json: values.json,
    };
  } catch (caught) {
    return { problem: caught instanceof Error ? caught.message : String(caught) };
  }
}
