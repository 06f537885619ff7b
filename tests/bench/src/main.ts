import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { againstBefore, comparable } from "./against-before.js";
import { auditing } from "./auditing.js";
import { consuming, lanes } from "./consuming.js";
import { diffing } from "./diffing.js";
import { median, type Side } from "./measure.js";
import { outboxing } from "./outboxing.js";
import { poisoned } from "./poison.js";
import { producing } from "./producing.js";
import { projecting } from "./projecting.js";
import { reading } from "./reading.js";
import { rebalancing } from "./rebalance/rebalancing.js";
import { brokersVariable, openSetting, type Setting } from "./setting.js";
import { measureSpans } from "./spans.js";
import { tracing } from "./tracing.js";

const help = `usage: npm run bench -- [--only LETTERS] [--quick] [--json]
       npm run bench -- --against-before [--only LETTERS] [--runs N] [--floor] [--quick] [--json]

Measures Keyline beside raw kafkajs, in one run on one real broker, by medians of alternating runs. A figure is a ratio:
absolute rates are those of the machine.

  --only    the parts with these letters: a producing, b consuming, c key lanes, d a projection,
            e an audit, f a trace, g a diff, h poison, i reading a contract (built packages),
            j spans of OpenTelemetry, k an outbox, l rebalances beside Java's client (a JDK);
            default abcdefghijkl
  --quick   few events: shows that it runs, the ratios say little
  --json    prints JSON

With --against-before: processor time an event of the code that tests/upgrade/before.json names, beside today's, each run
in a fresh process of the packed tarballs, the two in turn. Parts a, b and d.

  --runs    runs of each side; default 10
  --floor   the code of before on both sides: by how much the measurement differs from itself
`;

/** A ratio with what it has to be. */
interface Ratio {
  readonly name: string;
  readonly value: number;
  readonly atLeast: number;
}

/** What a part of the measurement found. */
interface Part {
  readonly sides: readonly Side[];
  readonly ratios: readonly Ratio[];
}

/** How much is measured. */
interface Amount {
  readonly scale: number;
  readonly rounds: number;
}

const parts: { readonly [letter: string]: (setting: Setting, amount: Amount) => Promise<Part> } = {
  async a(setting, { scale, rounds }) {
    const sides = await producing(setting, 20_000 * scale, rounds);
    const ratios = [
      ratio("(a) typed / ready batches", sides, 0, 2, 0.8),
      ratio("(a) typed / awaited send", sides, 0, 3, 5),
      ratio("(a) typed over four topics / ready batches", sides, 1, 2, 0),
    ];
    return { sides, ratios };
  },
  async b(setting, { scale, rounds }) {
    const sides = await consuming(setting, 200_000 * scale, rounds);
    return { sides, ratios: [ratio("(b) typed / eachBatch + JSON.parse", sides, 0, 1, 0.7)] };
  },
  async c(setting, { scale, rounds }) {
    const sides = await lanes(setting, 20_000 * scale, rounds);
    return { sides, ratios: [ratio("(c) key lanes / eachMessage", sides, 0, 1, 50)] };
  },
  async d(_, { scale }) {
    return { sides: await projecting(60_000 * scale), ratios: [] };
  },
  async e(_, { scale, rounds }) {
    const sides = await auditing(100_000 * scale, Math.min(rounds, 3));
    return { sides, ratios: [ratio("(e) audit / eachBatch + JSON.parse", sides, 0, 1, 0.5)] };
  },
  async f(_, { scale, rounds }) {
    const sides = await tracing(1_000_000 * scale, Math.min(rounds, 3));
    return { sides, ratios: [ratio("(f) trace of one key / of all partitions", sides, 0, 1, 12)] };
  },
  async g(_, { scale, rounds }) {
    const sides = await diffing(Math.ceil(500 * scale), Math.min(rounds, 3));
    // Less than three times as long.
    return { sides, ratios: [ratio("(g) diff / parsing", sides, 0, 1, 1 / 3)] };
  },
  async h(setting, { scale }) {
    const { sides, without, with: with_ } = await poisoned(setting, 4000 * scale);
    const name = "(h) other students' 99th percentile without poison / with";
    return { sides, ratios: [{ name, value: without.p99Ms / with_.p99Ms, atLeast: 0 }] };
  },
  async i(_, { scale, rounds }) {
    const sides = await reading(Math.ceil(500 * scale), rounds);
    const ratios = [
      // As long as the parser alone, and at most so much more.
      ratio("(i) the parser alone / generate of many topics", sides, 0, 1, 1 / 1.3),
      ratio("(i) the parser alone / generate of ten topics", sides, 2, 3, 1 / 1.2),
      ratio("(i) the parser alone / check of the student contract", sides, 4, 5, 1 / 1.15),
    ];
    return { sides, ratios };
  },
  async j() {
    const { byHand, sent, processed } = await measureSpans();
    const ratios = [
      { name: "(j) a span made by hand / a send that is traced", value: byHand / sent, atLeast: 1 / 1.5 },
      { name: "(j) a span made by hand / an event that is processed", value: byHand / processed, atLeast: 1 / 1.5 },
    ];
    return { sides: [], ratios };
  },
  async k(setting, { scale, rounds }) {
    const sides = await outboxing(setting, 100_000 * scale, rounds);
    const ratios = [
      ratio("(k) an outbox drained / typed sends", sides, 1, 0, 0.2),
      ratio("(k) an outbox drained / pg-transactional-outbox drained", sides, 1, 2, 0),
      ratio("(k) transactions with an outbox / with a plain table", sides, 3, 4, 0.5),
      ratio("(k) transactions with pg-transactional-outbox / with a plain table", sides, 5, 4, 0),
    ];
    return { sides, ratios };
  },
  async l(_, { rounds }) {
    const { sides, stayed } = await rebalancing(Math.min(rounds, 3));
    const name = "(l) quiet 99th percentile / that of keys that stay while their group changes";
    return { sides, ratios: [{ name, value: 1 / stayed, atLeast: 0.5 }] };
  },
};

const options = {
  only: { type: "string" },
  "against-before": { type: "boolean", default: false },
  runs: { type: "string", default: "10" },
  floor: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

function given(args: readonly string[]) {
  const { values } = parseArgs({ args: [...args], options });
  const known = values["against-before"] ? comparable : Object.keys(parts).join("");
  const { only = known } = values;
  const unknown = [...only].find((letter) => !known.includes(letter));
  if (unknown !== undefined) throw new TypeError(`--only ${only}: there is no part ${unknown}`);
  if (!/^[1-9][0-9]*$/.test(values.runs)) throw new TypeError(`--runs ${values.runs}: give a number above 0`);
  return { ...values, only };
}

/** `npm run bench`. Resolves to the exit code: 0, or 2 for wrong usage. */
export async function main(args: readonly string[]): Promise<number> {
  let chosen: ReturnType<typeof given>;
  try {
    chosen = given(args);
  } catch (caught) {
    process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n\n${help}`);
    return 2;
  }
  if (chosen.help) {
    process.stdout.write(help);
    return 0;
  }
  if (chosen["against-before"]) {
    const { only: parts, floor: isFloor, quick: isQuick, json: asJson } = chosen;
    return againstBefore({ parts, runs: Number(chosen.runs), isFloor, isQuick, asJson });
  }
  const amount = { scale: chosen.quick ? 0.05 : 1, rounds: chosen.quick ? 1 : 5 };
  const setting = await openSetting();
  try {
    const found: Part[] = [];
    for (const letter of chosen.only) {
      const isAlone = chosen.only.length === 1;
      if (isAlone) process.stderr.write(`(${letter})\n`);
      const part = isAlone
        ? await parts[letter]?.(setting, amount)
        : await partInProcess(letter, setting, chosen.quick);
      if (part) found.push(part);
    }
    const sides = found.flatMap((part) => part.sides);
    const ratios = found.flatMap((part) => part.ratios);
    if (chosen.json) process.stdout.write(`${JSON.stringify({ version: 1, sides, ratios }, null, 2)}\n`);
    else process.stdout.write(textOf(sides, ratios));
    return 0;
  } finally {
    await setting.close();
  }
}

/** What one part ran before must not slow the next: each has a process of its own, on the one broker. */
async function partInProcess(letter: string, { brokers }: Setting, quick: boolean): Promise<Part> {
  const args = [...process.execArgv, process.argv[1] ?? "", "--only", letter, "--json", ...(quick ? ["--quick"] : [])];
  const env = { ...process.env, [brokersVariable]: brokers.join(",") };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(`part ${letter} ended with ${code}`);
  return JSON.parse(out) as Part;
}

const ratio = (name: string, sides: readonly Side[], ours: number, theirs: number, atLeast: number): Ratio => ({
  name,
  value: median(sides[ours]?.perSecond ?? []) / median(sides[theirs]?.perSecond ?? []),
  atLeast,
});

function textOf(sides: readonly Side[], ratios: readonly Ratio[]): string {
  const rates = sides.map(({ name, perSecond, peakBytes }) => {
    const runs = perSecond.map(rateText).join(" ");
    const peak = peakBytes === undefined ? "" : `, peak memory ${Math.round(peakBytes / 1e6)} MB`;
    const rate = perSecond.length === 0 ? "" : `${rateText(median(perSecond))}/s`;
    return `  ${rate.padStart(10)}  ${name}${runs && `  (${runs})`}${peak}`;
  });
  const found = ratios.map(
    ({ name, value, atLeast }) =>
      `  ${value.toFixed(2).padStart(8)}    ${name}${atLeast > 0 ? `, at least ${Number(atLeast.toFixed(2))}: ${value >= atLeast ? "yes" : "NO"}` : ""}`,
  );
  return `${rates.join("\n")}\n\n${found.join("\n")}\n`;
}

const rateText = (rate: number) => (rate < 100 ? rate.toFixed(1) : String(Math.round(rate)));
