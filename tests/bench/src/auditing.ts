import { loadContract } from "@keyline/contract";
import { writeMixture } from "@keyline/fault-injector";
import { auditRecords, contractTopics } from "@keyline/proof";
import { topics as generated } from "@student-events/events";
import { contractFile, runKeyline } from "./command.js";
import { alternate, type Side } from "./measure.js";
import { newGroup, onOwnCluster, type Setting, someKey } from "./setting.js";

const addresses = Object.values(generated).map(({ address }) => address);

/**
 * (e): every record held against the contract, against raw `eachBatch` with `JSON.parse` of the same records; and what the
 * commands that read a cluster take of memory, there and among ten times as many.
 */
export const auditing = (events: number, rounds: number): Promise<readonly Side[]> =>
  onOwnCluster(async (setting) => {
    const { contract } = await loadContract(contractFile);
    if (contract === null) throw new Error("the contract cannot be read");
    const topics = contractTopics(contract);
    await write(setting, events, 1);
    const written = await count(setting);
    const sides = await alternate(rounds, [
      {
        name: "audit of every record",
        async run() {
          const { records, elapsedMs } = await auditRecords(setting.connect(), { topics });
          return records / (elapsedMs / 1000);
        },
      },
      { name: "raw kafkajs, eachBatch with JSON.parse, all topics", run: () => raw(setting, written) },
    ]);
    const few = await peaks(setting);
    await write(setting, events * 9, 2);
    return [...sides, ...few, ...(await peaks(setting))];
  });

/** What each command's process takes at most. */
async function peaks(setting: Setting): Promise<readonly Side[]> {
  const records = await count(setting);
  const sides: Side[] = [];
  const contract = ["--contract", contractFile];
  const commands = [
    ["audit", contractFile],
    ["skew", contractFile],
    ["trace", someKey, ...contract],
    ["trace", someKey, "--everywhere", ...contract],
  ];
  for (const args of commands) {
    const { peakBytes } = await runKeyline(setting, ...args);
    const command = args.filter((arg) => !contract.includes(arg)).join(" ");
    sides.push({ name: `keyline ${command} on ${records} records, the command`, perSecond: [], peakBytes });
  }
  return sides;
}

/** Mostly good records of many students, on all topics. */
export async function write(setting: Setting, records: number, seed: number): Promise<void> {
  const startMs = Date.now() - records;
  const mixture = { seed, records, rate: 0.0001, partitions: 12, students: 10_000, startMs };
  await writeMixture(setting.connect(), mixture);
}

/** How many records lie on the contract's topics. */
async function count(setting: Setting): Promise<number> {
  const transport = setting.connect();
  const counts = await transport.partitionCounts(addresses);
  const partitions = [...counts].flatMap(([topic, some]) =>
    Array.from({ length: some }, (_, partition) => ({ topic, partition })),
  );
  const ranges = await transport.logRanges(partitions);
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** From the first batch to the last: joining a group is not what is compared. */
async function raw(setting: Setting, records: number): Promise<number> {
  const consumer = setting.kafka.consumer({ groupId: newGroup(), maxWaitTimeInMs: 100 });
  const { promise, resolve } = Promise.withResolvers<number>();
  let [seen, firstMs] = [0, 0];
  await consumer.connect();
  await consumer.subscribe({ topics: addresses, fromBeginning: true });
  await consumer.run({
    async eachBatch({ batch }) {
      if (seen === 0) firstMs = performance.now();
      for (const { value } of batch.messages) parsed(value);
      seen += batch.messages.length;
      if (seen >= records) resolve(seen / ((performance.now() - firstMs) / 1000));
    },
  });
  const rate = await promise;
  await consumer.disconnect();
  return rate;
}

/** Some of the mixture is no JSON. */
function parsed(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString("utf8") ?? "null");
  } catch {
    return null;
  }
}
