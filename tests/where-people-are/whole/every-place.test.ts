import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { createKafkajsTopics, type KafkajsCompression } from "@keyline/kafkajs";
import { canRun } from "@keyline/needs";
import { topics } from "@student-events/events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Setting } from "../service/scenario.ts";
import { type Cell, cells } from "../src/cells.ts";
import { createPlace } from "../src/place.ts";
import { allSeen, createPreparing, runCell } from "../src/run-cell.ts";

let place = "";
let cluster: KafkaCluster | undefined;
let prepare: ReturnType<typeof createPreparing>;
beforeAll(async () => {
  place = await createPlace();
  prepare = createPreparing(place);
}, 300_000);
afterAll(async () => {
  await cluster?.stop();
  for (const folder of [place, `${place}-bundles`]) await rm(folder, { recursive: true, force: true });
}, 60_000);

let runs = 0;
/** Names and students that no other run has. */
const anew = (more: Partial<Setting> = {}): Setting => {
  runs += 1;
  return { cell: `run-${runs}`, firstStudent: runs * 1000, ...more };
};

async function runAndCheck(cell: Cell, setting: Setting): Promise<void> {
  await prepare(cell);
  const printed = await runCell(cell, place, setting);
  if (printed !== null) expect(printed).toEqual(allSeen(setting));
}

describe("on the memory cluster", () => {
  test.each(cells)("$tool: $way", (cell) => runAndCheck(cell, anew()), 300_000);
});

describe.skipIf(!(await canRun("kafka")))("on Apache Kafka", () => {
  beforeAll(async () => {
    cluster = await startKafka({});
    const admin = createKafkajsTopics({ brokers: cluster.brokers });
    for (const { address, partitions } of Object.values(topics)) {
      for (const name of [address, `${address}.dlq`]) {
        await admin.create({ name, partitions: partitions ?? 1, replicas: 1 });
      }
    }
    await admin.close();
  }, 180_000);
  const onKafka = (compression: KafkajsCompression = "none") => anew({ brokers: cluster?.brokers ?? [], compression });

  test.each(cells)("$tool: $way", (cell) => runAndCheck(cell, onKafka()), 300_000);

  const bundles = cells.filter(({ tool }) => tool === "esbuild");
  const natives = [
    ["snappy", "snappy"],
    ["lz4", "lz4-napi"],
  ] as const;

  describe.each(natives)("%s", (compression, name) => {
    test.each(bundles)("$way: says with the first batch that the package is missing", async (cell) => {
      const printed = await runCell(cell, place, onKafka(compression));
      expect(printed).toEqual({ code: "codec_missing", message: expect.stringContaining(`package ${name} cannot`) });
    });

    test.each(bundles)("$way: has it where the package is installed beside the file", async (cell) => {
      const { args, ...launch } = cell.command(place);
      const [file = ""] = args;
      const beside = join(place, file.slice(`${place}-bundles/`.length));
      await cp(file, beside);
      await runAndCheck(
        { ...cell, command: () => ({ ...launch, folder: place, args: [beside] }) },
        onKafka(compression),
      );
    });

    const asTheyAre = cells.filter(({ tool, way }) => ["Bun", "Deno"].includes(tool) || /nodenext/.test(way));
    test.each(asTheyAre)("$tool, $way: has it", (cell) => runAndCheck(cell, onKafka(compression)));
  });

  test.each(bundles)("$way: a reader says which batch it cannot unpack", async (cell) => {
    const printed = await runCell(cell, place, onKafka());
    expect(printed).toEqual({
      code: "codec_missing",
      message: expect.stringMatching(
        /^cannot read (learning\.query|code\.executed)\/\d+ from \d+: the package \S+ cannot/,
      ),
    });
  });
});
