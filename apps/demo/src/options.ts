import { parseArgs } from "node:util";
import { z } from "zod";
import { harms } from "./harm/harm.js";

const schema = z.object({
  students: z.coerce.number().int().min(2).max(100_000).default(40),
  rate: z.coerce.number().min(1).max(100_000).default(200),
  seconds: z.coerce.number().min(1).max(20).default(12),
  seed: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
  inject: z.enum(harms).optional(),
  kafka: z.boolean().default(false),
  once: z.boolean().default(false),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
});

/** How the demo runs. */
export type DemoOptions = z.infer<typeof schema>;

export const demoHelp = `usage: npm run demo -- [options]

Plays a class of students on an embedded cluster and store, shows the apps' results live, and verifies them at the end.

  --students N     how many students (default 40; the first two are scripted)
  --rate R         events per second (default 200)
  --seconds S      length of the class, at most 20 (default 12)
  --seed K         seed of the class (default 1)
  --kafka          on Apache Kafka and PostgreSQL: those of KAFKA_BROKERS and DATABASE_URL, or it starts them
  --port P         port of the teacher's page, on loopback (default: a free port)
  --once           end after the summary; without it, on a terminal, the page stays up until Ctrl-C
  --inject HARM    break the pipeline on purpose: ${harms.join(", ")}
  --help           this text

exit: 0 all verified, 1 could not run, 2 wrong usage, 3 the verification failed, 130 interrupted
`;

/** Reads the command line: options, "help", or what is wrong with it. */
export function readDemoOptions(args: readonly string[]): DemoOptions | "help" | { readonly problem: string } {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({
      args: [...args],
      options: {
        students: text,
        rate: text,
        seconds: text,
        seed: text,
        inject: text,
        port: text,
        kafka: { type: "boolean" },
        once: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    if (values.help) return "help";
    const parsed = schema.safeParse(values);
    if (parsed.success && parsed.data.kafka && parsed.data.inject)
      return { problem: "--inject needs the embedded cluster: leave out --kafka" };
    if (parsed.success) return parsed.data;
    const issues = parsed.error.issues.map(({ path, message }) => `--${path.join(".")}: ${message}`);
    return { problem: issues.join("\n") };
  } catch (caught) {
    return { problem: caught instanceof Error ? caught.message : String(caught) };
  }
}
