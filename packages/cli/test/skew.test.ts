import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { partitionOf } from "@keyline/runtime/tools";
import { beforeEach, expect, test } from "vitest";
import { type Io, main } from "../src/index.js";
import { contractArgument } from "../src/report/command.js";
import { createTestIo } from "../src/test-io.js";

const file = join(import.meta.dirname, "../../../asyncapi.yaml");
const topics = ["code.executed", "learning.quiz"];

let cluster = createMemoryCluster();
beforeEach(() => {
  cluster = createMemoryCluster();
  for (const topic of topics) cluster.createTopic(topic, { partitions: 12 });
});

function write(student: number, times = 1) {
  const key = Buffer.from(String(student));
  const partition = partitionOf("fnv1a", key, 12);
  for (let n = 0; n < times; n += 1) {
    const timestampMs = 1_700_000_000_000 + n * 30_000 + student;
    cluster.faults.produce({ topic: "code.executed", partition, key, value: Buffer.from("secret"), timestampMs });
  }
}

async function keyline(args: readonly string[], more: Partial<Io> = {}) {
  const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() });
  const io = createTestIo(".", { connect, ...more });
  const code = await main(["skew", file, ...args], io);
  return { code, ...io.written };
}

const only = ["--topic", "code.executed", "--topic", "learning.quiz"];

test("an even load is within the limit: 0", async () => {
  for (let student = 1; student <= 2000; student += 1) write(student);
  const { code, out, log } = await keyline(only);
  expect({ code, log }).toEqual({ code: 0, log: "" });
  expect(out).toContain("2,000 records");
  expect(out).toMatch(/^ {5}0 {2}█+.* 155 +7\.8 %/m);
  expect(out).toMatch(/ {10}12 .* now$/m);
  expect(out).toMatch(/within the limit of 2\n$/);
  expect(out).not.toContain("more partitions cannot help");
});

test("one key with a third of the load is above it: 3, and no partition count helps", async () => {
  for (let student = 1; student <= 1000; student += 1) write(student);
  write(42, 500);
  const { code, out } = await keyline(only);
  expect(code).toBe(3);
  expect(out).toContain("Hot keys: records, share (exact)");
  expect(out).toMatch(/^ {2}42 +█+ +501 +33\.4 %$/m);
  expect(out).toMatch(
    /key 42 alone has 33\.4 %: on 48 partitions its lane has at least 16\.0 times the mean, whatever/,
  );
  expect(out).toMatch(/^Over time \(/m);
  expect(out).toMatch(/above the limit of 2\n$/);
  expect((await keyline([...only, "--limit", "9"])).code).toBe(0);
  expect(out).not.toContain("secret");
});

test("--json is one versioned object, with the partition counts that were asked for", async () => {
  for (let student = 1; student <= 50; student += 1) write(student);
  const { out } = await keyline([...only, "--json", "--partitions", "5,7", "--top", "2"]);
  const report = JSON.parse(out);
  expect(report).toMatchObject({ version: 1, command: "skew", limit: 2, records: 50, complete: true, errorBound: 0 });
  expect(report.hotKeys).toHaveLength(2);
  const page = await readFile(join(import.meta.dirname, "../../../docs/commands/skew.md"), "utf8");
  for (const name of Object.keys(report)) expect(page).toContain(`\`${name}\``);
  expect(new Set(report.whatIf.map((one: { partitions: number }) => one.partitions))).toEqual(new Set([5, 7]));
});

test("an interrupt prints what was counted until then: 130", async () => {
  write(42, 3000);
  const controller = new AbortController();
  const inner = cluster.transport({ maxRecordsPerPartition: 1000 });
  const transport: typeof inner = {
    ...inner,
    async *read(...given) {
      for await (const batch of inner.read(...given)) {
        yield batch;
        controller.abort();
      }
    },
  };
  const connect = () => ({ name: "memory", transport, inspector: cluster.inspector() });
  const { code, out } = await keyline(only, { connect, signal: controller.signal });
  expect(code).toBe(130);
  expect(out).toContain("interrupted: the busiest lane");
  expect(out).toContain("1,000 records");
});

test("what cannot be read is named: 1; what is not valid is usage: 2", async () => {
  write(42);
  const inner = cluster.transport();
  const failing: typeof inner = {
    ...inner,
    // biome-ignore lint/correctness/useYield: it fails before it reads
    async *read() {
      throw new Error("corrupt batch");
    },
  };
  const connect = () => ({ name: "memory", transport: failing, inspector: cluster.inspector() });
  expect(await keyline(only, { connect })).toMatchObject({ code: 1, out: expect.stringContaining("corrupt batch") });
  expect((await keyline(["--domain", "teachers"])).code).toBe(2);
  expect((await keyline(["--topic", "code.exceuted"])).code).toBe(2);
  expect((await keyline(["--limit", "0.5"])).code).toBe(2);
  expect((await keyline(["--partitions", "0"])).code).toBe(2);
  expect((await keyline(["none.yaml"])).code).toBe(2);
});

test("topics that are not there were not read: 1, and named; without any of them there is no report", async () => {
  write(42);
  const some = await keyline([...only, "--topic", "learning.query"]);
  expect(some).toMatchObject({ code: 1, out: expect.stringContaining("not on the cluster: learning.query\n") });
  expect(some.out).toContain("of what could be read: the busiest lane");
  const none = await keyline(["--topic", "learning.query", "--topic", "struggle.detected"]);
  expect(none).toMatchObject({
    code: 1,
    out: `nothing was read: memory has no topic of students: not on the cluster: learning.query, struggle.detected\nCreate them with keyline topics apply${contractArgument(file, "")}, or name another cluster with --brokers\n`,
  });
  const json = await keyline(["--topic", "learning.query", "--json"]);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({ complete: false, missing: ["learning.query"] });
});

test("bars give way on a terminal that is narrower than 80 columns; one is not a plural", async () => {
  write(42);
  const widest = async (outColumns?: number) => {
    const { out } = await keyline(only, outColumns === undefined ? {} : { outColumns });
    return Math.max(...out.split("\n").flatMap((line) => (line.includes("█") ? [line.length] : [])));
  };
  expect(await widest()).toBe(74);
  expect(await widest(200)).toBe(74);
  expect(await widest(70)).toBe(64);
  expect(await widest(20)).toBe(48);
  const { out } = await keyline(only);
  expect(out).toContain("students on memory: 1 record, ");
  cluster = createMemoryCluster();
  for (const topic of topics) cluster.createTopic(topic, { partitions: 1 });
  expect((await keyline(only)).out).toContain("0 records, 0 B, on 1 lane by ");
});
