import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadContract } from "@keyline/contract";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { deadLetterTopic, partitionOf } from "@keyline/runtime/tools";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Io, main } from "../src/index.js";
import { contractArgument } from "../src/report/command.js";
import { createTestIo } from "../src/test-io.js";

const file = join(import.meta.dirname, "../../../asyncapi.yaml");
const { contract } = await loadContract(file);
const channels = contract?.channels ?? [];
let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-audit-"));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const day = 86_400_000;

function newCluster(leaveOut: readonly string[] = []) {
  const cluster = createMemoryCluster();
  for (const { address } of channels.filter((one) => !leaveOut.includes(one.address))) {
    const config = { "retention.ms": String(14 * day), "cleanup.policy": "delete", "min.insync.replicas": "2" };
    cluster.createTopic(address, { partitions: 12, replicas: 3, config });
    cluster.createTopic(deadLetterTopic(address), { partitions: 12 });
  }
  return cluster;
}

let cluster = newCluster();
beforeEach(() => {
  cluster = newCluster();
});

async function keyline(args: readonly string[], more: Partial<Io> = {}) {
  const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() });
  const io = createTestIo(cwd, { connect, ...more });
  const code = await main(["audit", file, ...args], io);
  return { code, ...io.written };
}

const secret = "the student's own words";

/** An event of the chat, as some service writes it; `how` bends it. */
function write(
  student: number,
  how: { key?: string | null; partition?: number; value?: string; source?: string } = {},
) {
  const key = how.key === undefined ? String(student) : how.key;
  const partition = how.partition ?? (key === null ? 0 : partitionOf("fnv1a", Buffer.from(key), 12));
  const event = {
    ...{ event_id: crypto.randomUUID(), correlation_id: crypto.randomUUID(), student_id: student },
    ...{ event_type: "learning.query", timestamp: "2026-11-25T08:00:00Z", payload: { query: secret } },
  };
  const source = how.source ?? "chat";
  const value =
    how.value ??
    JSON.stringify({ specversion: "1.0", id: event.event_id, source, type: "learning.query", data: event });
  cluster.faults.produce({
    ...{ topic: "learning.query", partition, key: key === null ? null : Buffer.from(key) },
    value: Buffer.from(value),
  });
}

const byCrc = (student: number) => partitionOf("consistent", Buffer.from(String(student)), 12);

describe("audit", () => {
  test("a clean cluster: 0, and how much that covers", async () => {
    for (let student = 1; student <= 50; student += 1) write(student);
    const { code, out, log } = await keyline([]);
    expect({ code, log }).toEqual({ code: 0, log: "" });
    expect(out).toContain("50 records of 11 topics");
    expect(out).toMatch(/\nno findings; ids compared with those of the latest 1,000,000 events\n$/);
    expect(out).toContain("chat  fnv1a, by 50 keys");
  });

  test("findings: 3, each with its producer and what to do; the last line is the first thing to do", async () => {
    for (let student = 1; student <= 40; student += 1) write(student, { source: "grader", partition: byCrc(student) });
    write(7, { key: null });
    write(8, { key: "008" });
    const { code, out } = await keyline([]);
    expect(code).toBe(3);
    expect(out).toMatch(/^wrong-partition \(P2\) \d\d records of grader, /m);
    expect(out).toMatch(/^ {2}from {2}grader: .* lie where consistent puts them \(librdkafka: .*99/m);
    expect(out).toMatch(/e\.g\. {2}learning\.query\/\d+@\d+ {2}key "\d+" belongs on partition \d+ \(fnv1a of 12\)/);
    expect(out).toContain("key-missing (P1) 1 record of chat");
    expect(out).toContain('the key is "008", its payload gives "8"');
    expect(out.trimEnd().split("\n").at(-1)).toBe(
      "first: grader, wrong-partition: set partitioner=fnv1a_random in its librdkafka configuration",
    );
  });

  test("what is hidden behind the first twenty is counted, and a group of each kind is shown", async () => {
    for (let n = 1; n <= 22; n += 1)
      for (let times = 0; times < 2; times += 1) write(n, { source: `s${n}`, key: null });
    write(30, { source: "s30", key: "31" });
    for (let n = 31; n <= 35; n += 1) write(n, { source: `s${n}`, value: `{"source": "s${n}"}` });
    const { out } = await keyline([]);
    expect(out.match(/^key-missing /gm)).toHaveLength(18);
    expect(out).toMatch(/^key-mismatch \(P1\) 1 record of s30/m);
    expect(out).toMatch(/^payload-invalid 1 record of s3[1-5]/m);
    expect(out).toMatch(/^8 more groups \(key-missing 4, payload-invalid 4\): pass --json$/m);
    expect(out).toMatch(/^ {2}8 more producers: pass --json$/m);
    expect((await keyline(["--topic", "learning.quiz"])).out).not.toContain(" more ");
  });

  test("a group says when its records were stamped; a long source does not fill the screen, and is whole as JSON", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 25, 14, 16, 31) });
    const source = "s".repeat(3000);
    write(7, { key: "8", source });
    vi.setSystemTime(Date.UTC(2026, 10, 25, 14, 16, 35));
    write(7, { key: "8", source, partition: 0 });
    vi.useRealTimers();
    const { out } = await keyline([]);
    expect(out).toMatch(/^ {2}when {2}2026-11-25 14:16:31 – 14:16:35 UTC$/m);
    expect(out).toContain(`${"s".repeat(39)}…  `);
    expect(out).not.toContain("s".repeat(40));
    expect((await keyline(["--json"])).out).toContain("s".repeat(200));
  });

  test("payloads are shown only on demand", async () => {
    write(7, { key: "8" });
    write(9, { value: `{"query": "${secret}"` });
    const json = await keyline(["--json", "--findings", "found.jsonl"]);
    const lines = await readFile(join(cwd, "found.jsonl"), "utf8");
    expect(
      lines
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).kind)
        .sort(),
    ).toEqual(["key-mismatch", "record-not-json"]);
    for (const text of [json.out, json.log, lines, (await keyline([])).out]) expect(text).not.toContain("own words");
    expect((await keyline(["--show-payload"])).out).toContain("own words");
  });

  test("--json is one versioned object", async () => {
    write(7, { key: "8" });
    const { code, out } = await keyline(["--json"]);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      ...{ version: 1, command: "audit", brokers: "memory", complete: true, findings: 1 },
      records: { records: 1, groups: [{ kind: "key-mismatch", promise: "P1", count: 1 }], duplicateWindow: 1_000_000 },
      cluster: { findings: [], groups: [], deadLetters: [], unseen: [] },
      peakMemoryBytes: expect.any(Number),
    });
  });

  test("only some topics, and only some time; a topic that is misspelt is usage", async () => {
    write(7, { key: "8" });
    expect((await keyline(["--topic", "learning.quiz"])).code).toBe(0);
    expect((await keyline(["--topic", "learning.query", "--since", "1h"])).code).toBe(3);
    expect((await keyline(["--until", "1h"])).code).toBe(0);
    const { code, log } = await keyline(["--topic", "learning.qury"]);
    expect({ code, log }).toMatchObject({ code: 2, log: expect.stringContaining("Did you mean learning.query?") });
    expect((await keyline(["--since", "yesterday"])).code).toBe(2);
  });

  test("a cluster that lacks a topic, and settings that lose events, are findings", async () => {
    cluster = newCluster(["learning.quiz", "code.executed"]);
    const config = { "cleanup.policy": "compact", "retention.ms": "1000", "unclean.leader.election.enable": "true" };
    cluster.createTopic("code.executed", { partitions: 6, replicas: 3, config });
    const { code, out } = await keyline([]);
    expect(code).toBe(3);
    expect(out).toContain(
      `topic-unknown learning.quiz: it does not exist\n  do    run keyline topics apply${contractArgument(file, "")}\n`,
    );
    expect(out).toContain("partition-count (P2) code.executed: 6 partitions, the contract says 12");
    expect(out).toContain("compacted-keyed (P8) code.executed");
    expect(out).toContain("unclean-election (P4) code.executed");
    expect(out).toContain("min-insync-low (P4) code.executed");
    expect(out).toContain("retention-short code.executed: 1 s, the contract says 14 days");
  });

  test("the contract that the command finds by itself is not named in what to do", async () => {
    cluster = newCluster(["learning.quiz"]);
    await copyFile(file, join(cwd, "asyncapi.yaml"));
    const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() });
    const io = createTestIo(cwd, { connect });
    await main(["audit"], io);
    expect(io.written.out).toContain("  do    run keyline topics apply\n");
  });

  test("what cannot be read is named, and the verdict is never clean: 1", async () => {
    write(7);
    const inner = cluster.transport();
    const transport = {
      ...inner,
      // biome-ignore lint/correctness/useYield: it fails before it reads
      async *read() {
        throw new Error("corrupt batch");
      },
    };
    const connect = () => ({ name: "memory", transport, inspector: cluster.inspector() });
    const { code, out } = await keyline([], { connect });
    expect(code).toBe(1);
    expect(out).toContain("Not read");
    expect(out).toContain("corrupt batch");
    expect(out).not.toMatch(/^clean/m);
  });

  test("an interrupt prints what was found until then: 130", async () => {
    for (let n = 0; n < 3000; n += 1) write(7, { key: "8" });
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
    const { code, out } = await keyline([], { connect, signal: controller.signal });
    expect(code).toBe(130);
    expect(out).toContain("key-mismatch (P1) 1,000 records of chat");
    expect(out).toContain("interrupted: 1,000 findings");
  });

  test("--follow goes on with what comes and serves it as metrics, until it is interrupted: 130", async () => {
    write(7, { key: "8" });
    const controller = new AbortController();
    const log: string[] = [];
    const io = { signal: controller.signal, log: (text: string) => void log.push(text) };
    const running = keyline(["--follow", "--every", "1"], io);
    const metrics = async () => {
      const [, url] = /metrics: (\S+)/.exec(log.join("")) ?? [];
      if (!url) throw new Error("no metrics yet");
      return (await fetch(url)).text();
    };
    const line = 'keyline_audit_findings_total{kind="key-mismatch",producer="chat"}';
    const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 50 });
    await until(async () => expect(await metrics()).toContain(`${line} 1`));
    expect(await metrics()).toContain('keyline_audit_records_total{topic="learning.query"} 1');
    await until(async () => expect(await metrics()).toContain("keyline_audit_up 1"));
    // The rules of @keyline/ops name it: KeylineDeadLettersWait.
    expect(await metrics()).toContain("# TYPE keyline_audit_dead_letters gauge");
    write(9, { key: "10" });
    await until(async () => expect(await metrics()).toContain(`${line} 2`));
    controller.abort();
    const { code, out } = await running;
    expect(code).toBe(130);
    expect(out).toMatch(/key-mismatch learning\.query\/\d+@0 the key is "8", its payload gives "7"; chat: publish/);
    expect(out).toContain("interrupted: 2 findings");
    expect(await metrics().catch(() => "gone")).toBe("gone");
  });

  test("no contract, no brokers: 1 and 2", async () => {
    const io = createTestIo(cwd);
    expect(await main(["audit", "none.yaml"], io)).toBe(1);
    expect(await main(["audit", file], io)).toBe(2);
    expect(io.written.log).toContain("KAFKA_BROKERS");
  });

  test("a bar on a terminal, nothing of it on stdout", async () => {
    for (let n = 0; n < 20; n += 1) write(n + 1);
    const inner = cluster.transport({ maxRecordsPerPartition: 1 });
    const slow: typeof inner = {
      ...inner,
      async *read(...given) {
        for await (const batch of inner.read(...given)) {
          await new Promise((resolve) => setTimeout(resolve, 60));
          yield batch;
        }
      },
    };
    const connect = () => ({ name: "memory", transport: slow, inspector: cluster.inspector() });
    const { out, log } = await keyline([], { connect, logColumns: 100 });
    expect(log).toMatch(/[█░]+ \d+ %, \d+ records, \d+ records\/s, .* left/);
    expect(log.endsWith("\r\u001b[2K")).toBe(true);
    expect(out).not.toContain("█");
  });
});
