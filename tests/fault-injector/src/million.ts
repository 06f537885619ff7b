import { parseArgs } from "node:util";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { needs } from "@keyline/needs";
import { kafkajsProducers } from "./foreign/kafkajs.js";
import { type ForeignProducer, foreignProducers } from "./foreign/producers.js";
import { type Proof, prove } from "./prove.js";
import { scoreText } from "./truth.js";

const help = `usage: npm run audit:million -- [--records N] [--rate R] [--seed S]

Writes a million records to a real broker, by many producers, with faults of every kind among them, audits them with the
command, and says for each kind how much of what was injected was found, and how much of what was found was injected.

  --records N   of the mixture (default 960000; the SDK and foreign clients write further ones)
  --rate R      of each kind of fault (default 0.001)
  --seed S      the same seed, the same records (default 1)
`;

/** Resolves to the exit code: 0 where everything was found and nothing else, 3 where not, 2 for wrong usage. */
export async function main(args: readonly string[]): Promise<number> {
  const options = { records: { type: "string" }, rate: { type: "string" }, seed: { type: "string" } } as const;
  let given: { records?: string; rate?: string; seed?: string };
  try {
    given = parseArgs({ args: [...args], options }).values;
  } catch (caught) {
    process.stderr.write(`${String(caught)}\n\n${help}`);
    return 2;
  }
  const { records = "960000", rate = "0.001", seed = "1" } = given;
  const all = [...foreignProducers, ...kafkajsProducers];
  const foreign: ForeignProducer[] = [];
  for (const one of all) if (!one.need || (await needs[one.need].isThere())) foreign.push(one);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const cluster: KafkaCluster = await startKafka({ say });
  try {
    const proof = await prove({
      ...{ broker: cluster.brokers[0] ?? "", seed: Number(seed), records: Number(records), rate: Number(rate) },
      ...{ students: 50_000, sdkEvents: 20_000, foreign, foreignEvents: Math.ceil(20_000 / foreign.length), say },
    });
    process.stdout.write(textOf(proof));
    return proof.scores.every(({ wrong, missed }) => wrong.length + missed.length === 0) ? 0 : 3;
  } finally {
    await cluster.stop();
  }
}

function textOf({ scores, output, injected }: Proof): string {
  const { records, peakMemoryBytes } = output;
  const seconds = records.elapsedMs / 1000;
  const producers = records.producers.map(({ name, records: count, strays, placements }) => {
    const [first] = placements;
    const by = first ? `${first.placement} (${(first.confidence * 100).toFixed(2)} % sure)` : "unknown";
    return `  ${String(count).padStart(9)} ${name}: ${strays} misplaced, ${by}`;
  });
  const missed = scores.flatMap((score) => [...score.missed, ...score.wrong]).map((one) => JSON.stringify(one));
  return [
    `${records.records} records audited in ${seconds.toFixed(1)} s, ${Math.round(records.records / seconds)}/s`,
    `peak memory of the command ${Math.round(peakMemoryBytes / 1e6)} MB, ${injected.length} faults injected`,
    scoreText(scores),
    "producers",
    ...producers,
    ...missed,
    "",
  ].join("\n");
}
