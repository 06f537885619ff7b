import { parseArgs } from "node:util";
import { type AuditMemory, auditing } from "./auditing.js";
import { consuming, lanes } from "./consuming.js";
import { median, type Side } from "./measure.js";
import { producing } from "./producing.js";
import { projecting } from "./projecting.js";
import { openSetting } from "./setting.js";

const help = `usage: npm run bench -- [--quick] [--json]

Measures Keyline beside raw kafkajs, in one run on one real broker, by medians of alternating runs. A figure is a ratio:
absolute rates are those of the machine.

  --quick   few events: shows that it runs, the ratios say little
  --json    prints JSON
`;

/** A ratio with what it has to be. */
interface Ratio {
  readonly name: string;
  readonly value: number;
  readonly atLeast: number;
}

/** `npm run bench`. Resolves to the exit code: 0, or 2 for wrong usage. */
export async function main(args: readonly string[]): Promise<number> {
  const options = { quick: { type: "boolean" }, json: { type: "boolean" }, help: { type: "boolean" } } as const;
  let given: { quick?: boolean; json?: boolean; help?: boolean };
  try {
    given = parseArgs({ args: [...args], options }).values;
  } catch (caught) {
    process.stderr.write(`${String(caught)}\n\n${help}`);
    return 2;
  }
  if (given.help) {
    process.stdout.write(help);
    return 0;
  }
  const scale = given.quick ? 0.05 : 1;
  const rounds = given.quick ? 1 : 5;
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const setting = await openSetting();
  try {
    say("(a) producing");
    const produced = await producing(setting, 20_000 * scale, rounds);
    say("(b) consuming");
    const consumed = await consuming(setting, 40_000 * scale, rounds);
    say("(c) key lanes");
    const laned = await lanes(setting, 20_000 * scale, rounds);
    say("(d) a projection");
    const projected = await projecting(60_000 * scale);
    say("(e) an audit");
    const audited = await auditing(setting, 100_000 * scale, Math.min(rounds, 3));
    const ratios = [
      ratio("(a) typed / ready batches", produced, 0, 2, 0.8),
      ratio("(a) typed / awaited send", produced, 0, 3, 5),
      ratio("(a) typed over four topics / ready batches", produced, 1, 2, 0),
      ratio("(b) typed / eachBatch + JSON.parse", consumed, 0, 1, 0.7),
      ratio("(c) key lanes / eachMessage", laned, 0, 1, 50),
      ratio("(e) audit / eachBatch + JSON.parse", audited.sides, 0, 1, 0.5),
    ];
    const sides = [...produced, ...consumed, ...laned, ...projected.sides, ...audited.sides];
    const { peakBytes } = projected;
    if (given.json)
      process.stdout.write(
        `${JSON.stringify({ version: 1, sides, ratios, peakBytes, auditMemory: audited.memory }, null, 2)}\n`,
      );
    else process.stdout.write(textOf(sides, ratios, peakBytes, audited.memory));
    return 0;
  } finally {
    await setting.close();
  }
}

const ratio = (name: string, sides: readonly Side[], ours: number, theirs: number, atLeast: number): Ratio => ({
  name,
  value: median(sides[ours]?.perSecond ?? []) / median(sides[theirs]?.perSecond ?? []),
  atLeast,
});

function textOf(
  sides: readonly Side[],
  ratios: readonly Ratio[],
  peakBytes: number,
  memory: readonly AuditMemory[],
): string {
  const rates = sides.map(({ name, perSecond }) => {
    const runs = perSecond.map((rate) => Math.round(rate)).join(" ");
    return `  ${String(Math.round(median(perSecond))).padStart(8)}/s  ${name}  (${runs})`;
  });
  const found = ratios.map(
    ({ name, value, atLeast }) =>
      `  ${value.toFixed(2).padStart(8)}    ${name}${atLeast > 0 ? `, at least ${atLeast}: ${value >= atLeast ? "yes" : "NO"}` : ""}`,
  );
  return `${rates.join("\n")}\n\n${found.join("\n")}\n\n  peak memory of this process ${Math.round(peakBytes / 1e6)} MB\n${memory.map(memoryText).join("")}`;
}

const memoryText = ({ records, peakBytes }: AuditMemory) =>
  `  peak memory of keyline audit on ${records} records ${Math.round(peakBytes / 1e6)} MB\n`;
