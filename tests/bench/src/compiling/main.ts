// What it takes the compiler to check the SDK of many topics: the code that is generated today beside that of an earlier
// commit, in turn, in one run.
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { median } from "../measure.ts";
import { contractOf } from "./contract.ts";
import { layOutSdk } from "./sdk.ts";
import { builtNow, builtOf, repository } from "./toolchain.ts";

/** The last commit whose generated code left its types to be inferred. */
const inferring = "920caba5fec8db60d19e88137ce1423eb8acdb44";

const help = `usage: npm run bench:compile -- [--topics N] [--runs N] [--before COMMIT]

Time and memory of tsc for the SDK of a contract with many topics (default 500), as it is generated today and as the commit
of before generated it (default: the last whose types were inferred), by medians of alternating runs (default 3).
`;

/** Tells what a compiler took of the processor: beside other programs its wall-clock time says little. */
const tellProcessorTime = "process.on('exit', () => console.log('Processor time: ' + process.cpuUsage().user / 1e6));";

/** How a compiler is started, which of its figures is its time, and what each has to be at most, as parts of those of before. */
const compilers = [
  {
    name: "TypeScript 6, processor time",
    command: [
      process.execPath,
      "--import",
      `data:text/javascript,${tellProcessorTime}`,
      "node_modules/typescript/bin/tsc",
    ],
    figure: "Processor time",
    most: { seconds: 0.5, megabytes: 2 / 3 },
  },
  { name: "TypeScript 7", command: ["node_modules/.bin/tsc7"], figure: "Total time", most: null },
] as const;

interface Cost {
  readonly seconds: number;
  readonly megabytes: number;
}

function compile({ command, figure }: (typeof compilers)[number], project: string): Cost {
  const [program, ...args] = command;
  const whole = [...args, "-p", project, "--diagnostics"];
  const output = execFileSync(program, whole, { cwd: repository, encoding: "utf8" });
  const read = (name: string) => Number(new RegExp(`^${name}:\\s*([\\d.]+)`, "m").exec(output)?.[1]);
  return { seconds: read(figure), megabytes: read("Memory used") / 1024 };
}

function compare(compiler: (typeof compilers)[number], projects: readonly string[], runs: number): boolean {
  const found: Cost[][] = projects.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [side, project] of projects.entries()) found[side]?.push(compile(compiler, project));
  }
  const of = (side: number, what: keyof Cost) => median((found[side] ?? []).map((cost) => cost[what]));
  const line = (what: keyof Cost, unit: string, digits: number) => {
    const most = compiler.most?.[what] ?? null;
    const ratio = of(1, what) / of(0, what);
    const told = most === null ? "" : `, at most ${most.toFixed(2)}: ${ratio <= most ? "yes" : "NO"}`;
    const [before, now] = [0, 1].map((side) => of(side, what).toFixed(digits));
    process.stdout.write(
      `${compiler.name}: ${before} ${unit} before, ${now} ${unit} now, ${ratio.toFixed(2)}${told}\n`,
    );
    return most === null || ratio <= most;
  };
  return [line("seconds", "s", 1), line("megabytes", "MB", 0)].every(Boolean);
}

function main(args: readonly string[]): number {
  const options = {
    topics: { type: "string", default: "500" },
    runs: { type: "string", default: "3" },
    before: { type: "string", default: inferring },
    help: { type: "boolean", default: false },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const contract = contractOf(Number(values.topics));
  const projects = [layOutSdk("before", builtOf(values.before), contract), layOutSdk("now", builtNow(), contract)];
  const kept = compilers.map((compiler) => compare(compiler, projects, Number(values.runs)));
  return kept.every(Boolean) ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
