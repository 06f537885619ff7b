// `npm run test:upgrade`: processes of before and of now, each by its packed tarballs, in one group over one PostgreSQL and
// one real broker, replaced one by one while both versions publish. Ends with 1 when any effect is there twice, lost or out
// of its key's order.
import { parseArgs } from "node:util";
import { startKafka } from "@keyline/kafka-dev";
import { startPostgres } from "@keyline/postgres-dev";
import kafkajs from "kafkajs";
import { folderOf, installedIn } from "../versions/installed.ts";
import type { Version } from "../versions/version.ts";
import { evidenceOf, outputOf, outputTopic } from "../work/evidence.ts";
import { roll, rollingMs } from "../work/rolling.ts";
import { settled } from "../work/settled.ts";
import { brief, judge } from "../work/verdict.ts";
import { createProcesses } from "./processes.ts";
import { readTopic } from "./read-topic.ts";
import { schema, sessionTimeoutMs } from "./task.ts";

const keysOfEach = 30;
const roundMs = 300;
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function createTopics(brokers: readonly string[], topics: Version["topics"]): Promise<void> {
  const { Kafka, logLevel } = kafkajs;
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({
    topics: Object.entries(topics).map(([topic, numPartitions]) => ({ topic, numPartitions })),
  });
  await admin.disconnect();
}

async function run(eachMs: number): Promise<boolean> {
  say("packing the code of before and of now");
  const folders = { before: await folderOf("before"), now: await folderOf("now") };
  const now = await installedIn("now", folders.now);
  const [kafka, postgres] = await Promise.all([startKafka(), startPostgres()]);
  const { brokers } = kafka;
  const processes = createProcesses();
  const store = now.postgresStore({ url: postgres.url, schema });
  try {
    await createTopics(brokers, now.topics);
    const rounds = Math.ceil(rollingMs(eachMs) / roundMs);
    const halves = (["before", "now"] as const).map((version, half) => ({
      ...{ version, folder: folders[version], brokers, rounds, roundMs },
      keys: Array.from({ length: keysOfEach }, (_, index) => 1 + half + 2 * index),
    }));
    const member = (version: Version["name"]) =>
      processes.startMember({ version, folder: folders[version], brokers, databaseUrl: postgres.url });
    const [members] = await Promise.all([roll(member, eachMs, say), ...halves.map(processes.publish)]);
    const keys = halves.flatMap((half) => half.keys.map(String));
    await settled(store, schema, keys, rounds);
    await Promise.all(members.map((one) => one.close()));
    const outputs = (await readTopic(brokers, outputTopic)).map(outputOf);
    const verdict = judge(await evidenceOf(store, schema, { keys, sentEach: rounds, outputs }));
    const { examples, ...counts } = brief(verdict);
    say(
      `${rounds * keys.length} events of ${keys.length} keys, ${outputs.length} outputs, ${verdict.republished} again`,
    );
    say(
      Object.entries(counts)
        .map(([what, count]) => `${what}: ${count}`)
        .join(", "),
    );
    for (const line of [...examples, ...processes.failures]) say(`  ${line}`);
    return Object.values(counts).every((count) => count === 0) && processes.failures.length === 0;
  } finally {
    await processes.killAll();
    await store.close();
    await Promise.all([kafka.stop(), postgres.stop()]);
  }
}

const { values } = parseArgs({ options: { "each-ms": { type: "string", default: String(sessionTimeoutMs + 2000) } } });
process.exit((await run(Number(values["each-ms"]))) ? 0 : 1);
