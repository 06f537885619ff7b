// What it takes the compiler to check the SDK of many topics: the code that is generated today beside that of an earlier
// commit, in turn, in one run.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
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

/** How a compiler is started, and what its figures have to be at most, as parts of those of before. */
const compilers = [
  { name: "TypeScript 6", command: [process.execPath, "node_modules/typescript/bin/tsc"], time: 0.5, memory: 2 / 3 },
  { name: "TypeScript 7", command: ["node_modules/.bin/tsc7"], time: null, memory: null },
] as const;

interface Cost {
  readonly seconds: number;
  readonly megabytes: number;
}

function compile([program, ...args]: readonly string[], project: string): Cost {
  const whole = [...args.map((arg) => join(repository, arg)), "-p", project, "--diagnostics"];
  const output = execFileSync(
    program?.includes("node_modules/.bin") ? join(repository, program) : (program ?? ""),
    whole,
    {
      encoding: "utf8",
    },
  );
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s*([\\d.]+)`, "m").exec(output)?.[1]);
  return { seconds: figure("Total time"), megabytes: figure("Memory used") / 1024 };
}

function compare(compiler: (typeof compilers)[number], projects: readonly string[], runs: number): boolean {
  const found: Cost[][] = projects.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [side, project] of projects.entries()) found[side]?.push(compile(compiler.command, project));
  }
  const of = (side: number, what: keyof Cost) => median((found[side] ?? []).map((cost) => cost[what]));
  const line = (what: keyof Cost, unit: string, digits: number, most: number | null) => {
    const ratio = of(1, what) / of(0, what);
    const told = most === null ? "" : `, at most ${most.toFixed(2)}: ${ratio <= most ? "yes" : "NO"}`;
    const [before, now] = [0, 1].map((side) => of(side, what).toFixed(digits));
    process.stdout.write(
      `${compiler.name}: ${before} ${unit} before, ${now} ${unit} now, ${ratio.toFixed(2)}${told}\n`,
    );
    return most === null || ratio <= most;
  };
  return [line("seconds", "s", 1, compiler.time), line("megabytes", "MB", 0, compiler.memory)].every(Boolean);
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
