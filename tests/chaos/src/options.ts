import { parseArgs } from "node:util";
import { type FaultKind, faultKinds } from "./faults/plan.js";
import { positive, whole } from "./program.js";

/** How a run is made. */
export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly students: number;
  /** Events a second, of all publishers together. */
  readonly rate: number;
  readonly brokers: 1 | 3;
  /** What is done to the run. */
  readonly faults: readonly FaultKind[];
  /** Whether stock kafkajs is run as well, to show that the run can see what goes wrong. */
  readonly stock: boolean;
  readonly json: boolean;
}

export const chaosHelp = `usage: npm run chaos -- [--minutes M] [--seed K]

Runs the apps on a real Kafka of three brokers and a real PostgreSQL, in processes of their own, while brokers, apps, the
database and connections fail; then reads the whole log with Kafka's own client and holds it, and the apps' tables, against
what was acknowledged and what the domain says.

  --minutes M    how long events are published (default 2)
  --seed K       other faults, another class (default 1)
  --students N   how many students (default 90)
  --rate R       events a second (default 120)
  --brokers N    1 or 3 (default 3)
  --faults LIST  the faults that are done, separated by commas (default all):
${faultKinds.map((kind) => `                   ${kind}\n`).join("")}  --no-stock     leaves out stock kafkajs, which is run last for comparison
  --json         prints one JSON object
  --outbox       the outbox in the place of the apps: --outbox --help

exit codes: 0 all promises held, 1 the run could not be made, 2 usage, 3 some promise did not hold, or the comparison
showed nothing
`;

/** Reads the command line. */
export function readChaosOptions(args: readonly string[]): ChaosOptions | "help" | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        help: { type: "boolean", default: false },
        minutes: { type: "string", default: "2" },
        seed: { type: "string", default: "1" },
        students: { type: "string", default: "90" },
        rate: { type: "string", default: "120" },
        brokers: { type: "string", default: "3" },
        faults: { type: "string", default: faultKinds.join(",") },
        stock: { type: "boolean", default: true },
        json: { type: "boolean", default: false },
      },
    });
    if (values.help) return "help";
    const brokers = Number(values.brokers);
    if (brokers !== 1 && brokers !== 3) return { problem: `--brokers must be 1 or 3, not ${values.brokers}` };
    return {
      minutes: positive("minutes", values.minutes),
      seed: whole("seed", values.seed),
      students: whole("students", values.students),
      rate: positive("rate", values.rate),
      brokers,
      faults: values.faults.split(",").map(faultOf),
      stock: values.stock,
      json: values.json,
    };
  } catch (caught) {
    return { problem: caught instanceof Error ? caught.message : String(caught) };
  }
}

function faultOf(text: string): FaultKind {
  const found = faultKinds.find((kind) => kind === text.trim());
  if (!found) throw new Error(`--faults has ${JSON.stringify(text)}, which is not one of ${faultKinds.join(", ")}`);
  return found;
}
