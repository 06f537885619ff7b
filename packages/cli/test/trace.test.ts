import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { KeylineError, type Transport } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import type { ConsumerRecord, RecordBatch } from "@keyline/runtime/transport";
import { describe, expect, test } from "vitest";
import { CommandError, printOutcome } from "../src/command/outcome.js";
import { choose } from "../src/commands/trace.js";
import type { Io } from "../src/io.js";
import { createTestIo } from "../src/test-io.js";
import { traceEvent } from "../src/trace/event.js";
import type { TraceRequest } from "../src/trace/request.js";
import { runTrace } from "../src/trace/run.js";
import {
  deadLetterHeaders,
  foreignRecord,
  laneMate,
  laneOf,
  shopCluster,
  shopPartitions,
  shopProducer,
  shopTopics,
  writeForeign,
} from "./shop.js";

const order = 42;
const lane = laneOf(order);

const domain = shopTopics.placed?.domain;
if (!domain) throw new Error("the shop's topics have a domain");

async function trace(
  transport: Transport,
  { json = true, ...more }: Partial<TraceRequest> & { readonly json?: boolean } = {},
  io: Partial<Io> = {},
) {
  const testIo = createTestIo(process.cwd(), io);
  const say = (text: string) => {
    if (!json) testIo.out(text);
  };
  const outcome = await runTrace(
    {
      ...{
        transport,
        topics: shopTopics,
        domain: domain ?? expect.fail(),
        key: String(order),
        askedKey: String(order),
      },
      ...{ sinceMs: null, untilMs: null, everywhere: false, follow: false, showPayload: false },
      ...{
        limit: 1000,
        printed: 1000,
        waitMs: 30_000,
        gapMs: 600_000,
        contractArgument: "",
        readParked: null,
        notTraced: [],
      },
      ...more,
    },
    { io: testIo, say },
  );
  const code = printOutcome("trace", outcome, json, testIo);
  return { code, ...testIo.written, report: json ? JSON.parse(testIo.written.out) : null };
}

/** Which partitions are read, and from where. */
function watched(transport: Transport) {
  const reads: { topic: string; partition: number; from: number; to: number }[] = [];
  const wrapped: Transport = {
    ...transport,
    read: (place, range, options) => {
      reads.push({ ...place, ...range });
      return transport.read(place, range, options);
    },
  };
  return { reads, transport: wrapped };
}

const positions = (report: { events: { topic: string; offset: number }[] }) =>
  report.events.map(({ topic, offset }) => `${topic}@${offset}`);
const markIds = (event: { marks: { id: string }[] }) => event.marks.map(({ id }) => id);

describe("a history", () => {
  test("joins the topics by cause, though the clock runs backwards, and says what came after what", async () => {
    const cluster = shopCluster();
    let nowMs = Date.UTC(2026, 0, 1);
    const producer = shopProducer(cluster.transport(), { clock: () => (nowMs -= 1000) });
    for (const name of ["placed", "paid", "shipped", "paid"] as const) {
      await producer.send(name, order, { flow: "flow-1" });
      await producer.send(name, laneMate(order));
    }
    const { code, report } = await trace(cluster.transport());
    expect(code).toBe(0);
    expect(positions(report)).toEqual(["order.placed@0", "order.paid@0", "order.shipped@0", "order.paid@2"]);
    expect(report.lane).toEqual({ partition: lane, of: shopPartitions });
    const [first, second] = report.events;
    expect(first).toMatchObject({ source: "shop", message: "placed", cause: null, correlationId: "flow-1" });
    expect(second.cause).toEqual({
      ...{ topic: "order.placed", partition: lane, offset: 0, by: "keyline-after", exact: true },
      elapsedMs: expect.any(Number),
    });
    expect(second.cause.elapsedMs).toBeLessThan(0);
    expect(markIds(second)).toEqual(["trace-clock"]);
  });

  test("links what has no header by its correlation id, and marks a long wait and a silence", async () => {
    const cluster = shopCluster();
    const write = (topic: string, flow: string, timestampMs: number) =>
      writeForeign(cluster, { topic, key: "42", value: { order_id: 42, n: 0, correlation_id: flow }, timestampMs });
    write("order.placed", "a", 0);
    write("order.paid", "b", 1000);
    write("order.shipped", "a", 45_000);
    write("order.paid", "b", 1_000_000);
    const { report } = await trace(cluster.transport());
    expect(
      report.events.map(
        ({ cause }: { cause: { topic: string; by: string } | null }) => cause && [cause.topic, cause.by],
      ),
    ).toEqual([
      ...[null, null],
      ...[
        ["order.placed", "correlation"],
        ["order.paid", "correlation"],
      ],
    ]);
    expect(report.events.map(markIds)).toEqual([[], [], ["trace-wait"], ["trace-gap", "trace-wait"]]);
    const { out } = await trace(cluster.transport(), { json: false });
    expect(out).toContain(`order.shipped/${lane}@0  shipped  dapr-python  same flow as order.placed/${lane}@0 +45.0 s`);
    expect(out).toContain("  ··· 15 min 55 s\n");
  });

  test("prints the newest events below heads, and how many are earlier; all of them are counted", async () => {
    const cluster = shopCluster();
    for (let timestampMs = 0; timestampMs < 5; timestampMs += 1) {
      const value = { order_id: 42, n: timestampMs };
      writeForeign(cluster, { topic: "order.placed", key: "42", value, timestampMs });
    }
    const { out } = await trace(cluster.transport(), { json: false, printed: 2 });
    expect(out).toContain(
      "\n\n3 earlier events not shown: pass --all\n\n  time          position          message  producer     cause\n",
    );
    expect(out.match(/order\.placed\/\d+@\d/g)).toEqual([`order.placed/${lane}@3`, `order.placed/${lane}@4`]);
    expect(out).toContain("\n5 events; 5 records of");
  });

  test("names the newest event of the key below a stand-in, which is another key's", async () => {
    const cluster = shopCluster();
    const mate = laneMate(order);
    await shopProducer(cluster.transport()).send("placed", order);
    await shopProducer(cluster.transport()).send("placed", mate);
    // A fresh producer remembers no key: the lane's ends stand in.
    await shopProducer(cluster.transport()).send("paid", order);
    const { report } = await trace(cluster.transport());
    expect(report.events[1].after).toEqual([{ topic: "order.placed", partition: lane, offset: 1 }]);
    expect(report.events[1].cause).toMatchObject({ topic: "order.placed", offset: 0, exact: false });
    const said = "behind X: its header names another key's record, and X is this key's newest event before that\n";
    expect((await trace(cluster.transport(), { json: false })).out).toContain(said);
    expect((await trace(shopCluster().transport(), { json: false })).out).not.toContain("behind X");
  });

  test("ignores causes on another cluster, where offsets mean nothing", async () => {
    const cluster = shopCluster();
    const headers = { "keyline-after": `order.placed/${lane}@99`, "keyline-cluster": "elsewhere" };
    writeForeign(cluster, { topic: "order.paid", key: "42", value: { order_id: 42, n: 0 }, headers });
    const { code, report } = await trace(cluster.transport());
    expect({ code, after: report.events[0].after }).toEqual({ code: 0, after: [] });
  });

  test("distinguishes a cause that is not in the log, by 3, from one that has expired, by 0", async () => {
    const cluster = shopCluster();
    const paid = (headers: Record<string, string>) =>
      writeForeign(cluster, { topic: "order.paid", key: "42", value: { order_id: 42, n: 0 }, headers });
    await shopProducer(cluster.transport()).send("placed", order);
    cluster.faults.deleteRecords({ topic: "order.placed", partition: lane }, 1);
    paid({ "keyline-after": `order.placed/${lane}@0` });
    const expired = await trace(cluster.transport());
    expect([expired.code, expired.report.events.map(markIds)]).toEqual([0, [["trace-cause-expired"]]]);
    paid({ "keyline-after": `order.placed/${lane}@1` });
    const missing = await trace(cluster.transport());
    expect([missing.code, missing.report.events.map(markIds)]).toEqual([
      3,
      [["trace-cause-expired"], ["trace-cause-missing"]],
    ]);
  });

  describe("finds what is wrong with the causes that a header names: 3", () => {
    const wrong = (lane + 1) % shopPartitions;
    const named = async (text: string, more: Partial<TraceRequest> = {}) => {
      const cluster = shopCluster();
      for (const partition of [lane, wrong])
        writeForeign(cluster, { topic: "order.placed", key: "1", value: {}, partition });
      const value = { order_id: 42, n: 0 };
      writeForeign(cluster, { topic: "order.paid", key: "42", value, headers: { "keyline-after": text } });
      const { code, report } = await trace(cluster.transport(), more);
      return { code, marks: report.events.flatMap(({ marks }: { marks: object[] }) => marks) };
    };

    test.each([
      ["beyond the log", `order.placed/${lane}@1`, "trace-cause-missing", "is not in the log, which ends at 1"],
      ["on no partition", "order.placed/99@0", "trace-cause-missing", "is on a partition that does not exist"],
      ["beyond another lane's log", `order.placed/${wrong}@7`, "trace-cause-missing", "which ends at 1"],
      ["on another lane", `order.placed/${wrong}@0`, "trace-cause-elsewhere", `on another partition than ${lane},`],
      [
        "no position",
        "order.placed@0, nonsense",
        "trace-cause-malformed",
        "2 entries of keyline-after are not positions",
      ],
      ["the event itself", `order.paid/${lane}@0`, "trace-cause-malformed", "which is not before it"],
    ])("%s", async (_, text, id, said) => {
      expect(await named(text)).toEqual({
        code: 3,
        marks: [{ id, isProblem: true, text: expect.stringContaining(said) }],
      });
    });

    test("on a topic that is not read, too; of one that is not the domain's nothing is said", async () => {
      const paid = { topics: { paid: shopTopics.paid ?? expect.fail() } };
      expect((await named(`order.placed/${lane}@9`, paid)).marks).toMatchObject([{ id: "trace-cause-missing" }]);
      expect(await named(`order.placed/${lane}@0`, paid)).toEqual({ code: 0, marks: [] });
      expect(await named("elsewhere/99@9")).toEqual({ code: 0, marks: [] });
    });
  });

  test("names the first place of an id that is in the history twice: 3", async () => {
    const cluster = shopCluster();
    const id = "4f4cf1a5-8ad5-4d5b-9c49-8a4d3d6cf1e2";
    const value = JSON.stringify({ specversion: "1.0", id, source: "till", type: "t", data: { order_id: 42, n: 1 } });
    writeForeign(cluster, { topic: "order.placed", key: "42", value, timestampMs: 0 });
    for (const timestampMs of [1, 2]) writeForeign(cluster, { topic: "order.paid", key: "42", value, timestampMs });
    const { code, report } = await trace(cluster.transport());
    expect(code).toBe(3);
    const text = `has the id of order.placed/${lane}@0: ${id}`;
    const twice = [{ id: "trace-duplicate-id", isProblem: true, text }];
    expect(report.events.map(({ marks }: { marks: object[] }) => marks)).toEqual([[], twice, twice]);
  });

  test("shows the source of a record that is not an event, where the record has it", async () => {
    const cluster = shopCluster();
    const write = (value: string, headers: Record<string, string> = {}) =>
      writeForeign(cluster, { topic: "order.paid", key: "42", value, headers });
    write('{"source": "till", "data": 1}');
    write("no json", { ce_source: "kiosk" });
    write("no json");
    write('{"source": 5}');
    write(JSON.stringify({ source: `long${"x".repeat(5000)}` }));
    const { report } = await trace(cluster.transport());
    expect(report.events.map(({ source }: { source: string }) => source?.slice(0, 5) ?? null)).toEqual([
      ...["till", "kiosk", null, null, "longx"],
    ]);
    const { out } = await trace(cluster.transport(), { json: false });
    expect(out).toContain(`  long${"x".repeat(35)}…  `);
  });

  test("shows records that are not events of the contract, and hostile text as text", async () => {
    const cluster = shopCluster();
    writeForeign(cluster, { topic: "order.paid", key: "42", value: "no json" });
    const source = "\u001b[31mred\u202e";
    const event = { specversion: "1.0", id: "1", source, type: "paid", data: { order_id: 42, n: 1 } };
    writeForeign(cluster, { topic: "order.paid", key: "42", value: JSON.stringify(event) });
    const { code, out } = await trace(cluster.transport(), { json: false });
    expect(code).toBe(3);
    expect(out).toContain("! record_not_json");
    for (const steering of ["\u001b", "\u202e"]) expect(out).not.toContain(steering);
    expect(out).toContain("Read more: keyline explain record_not_json");
  });

  test("is empty for a key without events: 0, and says what was read", async () => {
    const { code, out } = await trace(shopCluster().transport(), { json: false });
    expect(code).toBe(0);
    expect(out).toContain(`key 42 of orders: lane ${lane} of 6`);
    const asked = await trace(shopCluster().transport(), { json: false, askedKey: "042" });
    expect(asked.out).toContain("key 42 (asked for as 042) of orders: ");
    expect(out).toMatch(/^0 events; 0 records of 6 partitions read in /m);
  });
});

describe("what is read", () => {
  test("is the key's lane alone, from the offset of the time on", async () => {
    const cluster = shopCluster();
    const event = (n: number) => ({
      topic: "order.placed",
      key: "42",
      value: { order_id: 42, n },
      timestampMs: n * 1000,
    });
    for (let n = 0; n < 10; n += 1) writeForeign(cluster, event(n));
    for (let other = 0; other < shopPartitions; other += 1) {
      if (other !== lane) writeForeign(cluster, { ...event(99), key: "1", partition: other });
    }
    const { reads, transport } = watched(cluster.transport());
    const { report } = await trace(transport, { sinceMs: 6000, untilMs: 8000 });
    expect(positions(report)).toEqual([6, 7, 8].map((offset) => `order.placed@${offset}`));
    expect(reads).toEqual([{ topic: "order.placed", partition: lane, from: 6, to: 10 }]);
    expect(report).toMatchObject({
      since: "1970-01-01T00:00:06.000Z",
      until: "1970-01-01T00:00:08.000Z",
      complete: true,
    });
  });

  test("does not stop at a record that a clock ahead has stamped", async () => {
    const cluster = shopCluster();
    const event = (timestampMs: number) =>
      writeForeign(cluster, { topic: "order.placed", key: "42", value: { order_id: 42, n: 0 }, timestampMs });
    for (const timestampMs of [0, 1_800_000, 1000]) event(timestampMs);
    const { report } = await trace(cluster.transport(), { untilMs: 5000 });
    expect(positions(report)).toEqual(["order.placed@0", "order.placed@2"]);
  });

  test("everywhere is every partition: misplaced records are shown, by 3", async () => {
    const cluster = shopCluster();
    const wrong = (lane + 1) % shopPartitions;
    const records = [
      { topic: "order.placed", key: "42", order: 42, partition: lane },
      { topic: "order.placed", key: "42", order: 42, partition: wrong },
      { topic: "order.paid", key: null, order: 42, partition: wrong },
      { topic: "order.paid", key: "43", order: 42, partition: lane },
      { topic: "order.paid", key: "43", order: 43, partition: wrong },
    ];
    for (const [timestampMs, { order: order_id, ...record }] of records.entries()) {
      writeForeign(cluster, { ...record, value: { order_id, n: 42 }, timestampMs });
    }
    expect((await trace(cluster.transport())).report.events).toHaveLength(1);
    const { code, report } = await trace(cluster.transport(), { everywhere: true });
    expect(code).toBe(3);
    expect(
      report.events.map((event: { partition: number; marks: { id: string }[] }) => [event.partition, markIds(event)]),
    ).toEqual([
      [lane, []],
      [wrong, ["wrong_partition"]],
      [wrong, ["key_missing", "wrong_partition"]],
      [lane, ["key_mismatch"]],
    ]);
    expect(report.summary.misplaced).toBe(2);
    expect(report.events[1].marks[0].text).toBe(
      `the key belongs on partition ${lane}: its producer has another partitioner, or it was copied or placed by hand`,
    );
  });

  test("is shown though a topic is missing, and named", async () => {
    const cluster = shopCluster();
    await shopProducer(cluster.transport()).send("placed", order);
    const own = cluster.transport();
    const counts: Transport["partitionCounts"] = async (topics) =>
      own.partitionCounts(topics.filter((topic) => !topic.startsWith("order.paid")));
    const { code, report } = await trace({ ...own, partitionCounts: counts });
    expect(code).toBe(0);
    expect(report).toMatchObject({ missingTopics: ["order.paid"], summary: { events: 1 } });
  });

  test("is nothing where the cluster has no topic of the domain: 1, with what to do, and nothing to follow", async () => {
    const empty = createMemoryCluster();
    for (const follow of [false, true]) {
      const { code, out } = await trace(empty.transport(), { json: false, follow, contractArgument: " two.yaml" });
      expect(code).toBe(1);
      expect(out).toContain("nothing was read: the cluster has no topic of orders\n");
      expect(out).toContain("Create them with keyline topics apply two.yaml, or name another cluster with --brokers");
      expect(out).not.toContain("Nothing here?");
    }
    const { report } = await trace(empty.transport());
    expect(report).toMatchObject({
      ...{ complete: false, lane: null, missingTopics: ["order.placed", "order.paid", "order.shipped"] },
    });
  });

  test.each(["partitionCounts", "read"] as const)(
    "is not a clean verdict where %s is refused for one topic: 1, with the others",
    async (method) => {
      const cluster = shopCluster();
      const producer = shopProducer(cluster.transport());
      await producer.send("placed", order);
      await producer.send("paid", order);
      const own = cluster.transport();
      const denied = () => new KeylineError("transport_denied", "the broker answers TOPIC_AUTHORIZATION_FAILED");
      const refusing: Transport = {
        ...own,
        ...(method === "partitionCounts"
          ? {
              partitionCounts: async (topics) =>
                topics.includes("order.paid") ? Promise.reject(denied()) : own.partitionCounts(topics),
            }
          : {
              read: (place, range, options) =>
                place.topic === "order.paid" ? failing(denied()) : own.read(place, range, options),
            }),
      };
      const { code, report, out } = await trace(refusing);
      expect(code).toBe(1);
      expect(positions(report)).toEqual(["order.placed@0"]);
      expect(report.complete).toBe(false);
      expect(report.notRead).toEqual([
        {
          what: method === "read" ? `order.paid/${lane}` : "order.paid",
          code: "transport_denied",
          message: expect.any(String),
        },
      ]);
      expect(out).not.toContain("order.paid@0");
    },
  );

  test("goes on behind what retention takes away meanwhile, and says so: 1", async () => {
    const cluster = shopCluster();
    for (let n = 0; n < 10; n += 1)
      writeForeign(cluster, { topic: "order.placed", key: "42", value: { order_id: 42, n } });
    const own = cluster.transport({ maxRecordsPerPartition: 2 });
    const shrinking: Transport = {
      ...own,
      async *read(place, range, options) {
        for await (const batch of own.read(place, range, options)) {
          yield batch;
          if (batch.nextOffset === 4) cluster.faults.deleteRecords(place, 8);
        }
      },
    };
    const { code, report } = await trace(shrinking);
    expect(code).toBe(1);
    expect(positions(report)).toEqual([0, 1, 2, 3, 8, 9].map((offset) => `order.placed@${offset}`));
    expect(report.notRead).toEqual([
      expect.objectContaining({ what: `order.placed/${lane}@4 to 7`, code: "offset_out_of_range" }),
    ]);
  });
});

/** A log whose reading fails. */
async function* failing(error: Error): AsyncGenerator<RecordBatch> {
  await Promise.reject(error);
  yield* [];
}

describe("dead letters and parked events", () => {
  test("stand at the place of their event, with the reason: 3", async () => {
    const cluster = shopCluster();
    const producer = shopProducer(cluster.transport());
    for (const name of ["placed", "paid", "shipped"] as const) await producer.send(name, order);
    writeForeign(cluster, {
      ...{ topic: "order.paid.dlq", key: "42", value: { order_id: 42, n: 0 } },
      headers: deadLetterHeaders("order.paid", lane, 0),
    });
    const { code, report } = await trace(cluster.transport());
    expect(code).toBe(3);
    expect(positions(report)).toEqual(["order.placed@0", "order.paid@0", "order.shipped@0"]);
    expect(report.events[1]).toMatchObject({
      foundAs: "record",
      deadLetters: [
        { code: "handler_failed", group: "mailer", attempts: 5, at: { topic: "order.paid.dlq", offset: 0 } },
      ],
    });
    const { out } = await trace(cluster.transport(), { json: false });
    expect(out).toContain(
      `! trace-dead-letter  mailer: handler_failed: no such module (order.paid.dlq/${lane}@0, 5 attempts)`,
    );
    expect(out).toMatch(/^3 events, 1 dead-lettered; 4 records of 6 partitions read in /m);
  });

  test("of one reason are one mark, without the reason where the event's own fault says it", async () => {
    const cluster = shopCluster();
    writeForeign(cluster, { topic: "order.paid", key: "42", value: "no json" });
    const { report: before } = await trace(cluster.transport());
    const [fault] = before.events[0].faults;
    const letter = (group: string, more: Record<string, string> = {}) =>
      writeForeign(cluster, {
        ...{ topic: "order.paid.dlq", key: "42", value: "no json" },
        headers: { ...deadLetterHeaders("order.paid", lane, 0), "keyline-error-group": group, ...more },
      });
    letter("mailer");
    letter("ledger");
    for (const group of ["progress", "struggle"])
      letter(group, {
        "keyline-error-code": fault.code,
        "keyline-error-message": `cannot read order.paid/${lane}@0: ${fault.message}`,
      });
    const { out } = await trace(cluster.transport(), { json: false });
    expect(out).toContain(
      `! trace-dead-letter  mailer, ledger: handler_failed: no such module (order.paid.dlq/${lane}@0, @1, 5 attempts)\n`,
    );
    expect(out).toContain(`! trace-dead-letter  progress, struggle (order.paid.dlq/${lane}@2, @3, 5 attempts)\n`);
    expect(out.match(/trace-dead-letter {2}/g)).toHaveLength(2);
  });

  test("stand there too when their event has left the log", async () => {
    const cluster = shopCluster();
    const producer = shopProducer(cluster.transport());
    for (const name of ["placed", "paid", "shipped"] as const) await producer.send(name, order);
    const place = { topic: "order.paid", partition: lane };
    const [record] = cluster.records("order.paid", lane);
    const letter = foreignRecord({
      topic: "",
      key: "42",
      value: "",
      headers: deadLetterHeaders("order.paid", lane, 0),
    });
    if (!record) return expect.fail();
    cluster.faults.produce({ ...record, topic: "order.paid.dlq", headers: [...record.headers, ...letter.headers] });
    cluster.faults.deleteRecords(place, 1);
    const { report } = await trace(cluster.transport());
    expect(positions(report)).toEqual(["order.placed@0", "order.paid@0", "order.shipped@0"]);
    expect(report.events[1]).toMatchObject({
      foundAs: "dead-letter",
      message: "paid",
      cause: { topic: "order.placed" },
    });
  });

  test("a parked event says which app holds it, and why; a store that cannot be read is not a clean verdict", async () => {
    const cluster = shopCluster();
    const producer = shopProducer(cluster.transport());
    for (const name of ["placed", "paid"] as const) await producer.send(name, order);
    const readParked: TraceRequest["readParked"] = async (_, context) => ({
      events: ["order.placed", "order.paid"].flatMap((topic) =>
        cluster.records(topic, lane).map((record) => ({
          ...traceEvent(record, shopTopics[topic.replace("order.", "")] ?? expect.fail(), context),
          ...{ foundAs: "parked" as const },
          parked: [
            {
              app: "billing",
              code: topic === "order.placed" ? "handler_failed" : null,
              message: "no money",
              lastAtMs: 0,
            },
          ],
        })),
      ),
      notRead: [],
    });
    const { code, report } = await trace(cluster.transport(), { readParked });
    expect(code).toBe(3);
    expect(report.events.map(markIds)).toEqual([["trace-parked"], ["trace-parked"]]);
    expect(report.events[0].parked).toEqual([
      { app: "billing", code: "handler_failed", message: "no money", lastAt: "1970-01-01T00:00:00.000Z" },
    ]);
    const { out } = await trace(cluster.transport(), { readParked, json: false });
    expect(out).toContain("! trace-parked  parked by billing: handler_failed: no money\n");
    expect(out).toContain("! trace-parked  parked by billing: waits behind another event\n");
    const notRead = [{ what: "parked events", code: "store_unavailable", message: "no such host" }];
    expect((await trace(cluster.transport(), { readParked: async () => ({ events: [], notRead }) })).code).toBe(1);
  });
});

describe("what is shown", () => {
  test("is ids alone, and payloads only when asked for", async () => {
    const cluster = shopCluster();
    writeForeign(cluster, { topic: "order.placed", key: "42", value: { order_id: 42, n: 7, note: "secret" } });
    for (const json of [true, false]) {
      expect((await trace(cluster.transport(), { json })).out).not.toContain("secret");
      expect((await trace(cluster.transport(), { json, showPayload: true })).out).toContain("secret");
    }
  });

  test("--json is one object with a version", async () => {
    const cluster = shopCluster();
    await shopProducer(cluster.transport()).send("placed", order);
    const { report } = await trace(cluster.transport());
    expect(Object.keys(report).sort()).toEqual([
      ...["command", "complete", "domain", "events", "everywhere", "interrupted", "key", "lane", "leftOut"],
      ...["missingTopics", "notRead", "notTraced", "read", "since", "summary", "until", "version"],
    ]);
    expect(Object.keys(report.events[0]).sort()).toEqual([
      ...[
        "after",
        "afterMalformed",
        "cause",
        "correlationId",
        "deadLetters",
        "eventId",
        "faults",
        "foundAs",
        "marks",
        "message",
        "offset",
      ],
      ...["parked", "partition", "redelivery", "sinceLastMs", "source", "time", "topic"],
    ]);
    expect(report).toMatchObject({ version: 1, command: "trace" });
  });
});

describe("an interrupt", () => {
  test("ends reading, and what was found so far is printed: 130", async () => {
    const cluster = shopCluster();
    for (let n = 0; n < 6; n += 1)
      writeForeign(cluster, { topic: "order.placed", key: "42", value: { order_id: 42, n } });
    const controller = new AbortController();
    const own = cluster.transport({ maxRecordsPerPartition: 2 });
    const hanging: Transport = {
      ...own,
      async *read(place, range, options) {
        for await (const batch of own.read(place, range, options)) {
          yield batch;
          setTimeout(() => controller.abort(), 20);
          await new Promise(() => undefined);
        }
      },
    };
    const { code, report } = await trace(hanging, {}, { signal: controller.signal });
    expect(code).toBe(130);
    expect(positions(report)).toEqual(["order.placed@0", "order.placed@1"]);
    expect(report).toMatchObject({ complete: false, interrupted: true });
  });

  test("ends following, which showed each event and each dead letter as it came", async () => {
    const cluster = shopCluster();
    const producer = shopProducer(cluster.transport());
    await producer.send("placed", order);
    const controller = new AbortController();
    let seen = "";
    const wrote = (text: string) => {
      seen += text;
    };
    const following = trace(
      cluster.transport(),
      { follow: true, json: false },
      { signal: controller.signal, out: wrote },
    );
    await expect.poll(() => seen).toContain("order.placed/");
    await producer.send("paid", order);
    await expect
      .poll(() => seen, { timeout: 20_000 })
      .toContain(`order.paid/${lane}@0    paid     shop      after order.placed/${lane}@0 +`);
    writeForeign(cluster, {
      ...{ topic: "order.placed.dlq", key: "42", value: { order_id: 42, n: 0 } },
      headers: deadLetterHeaders("order.placed", lane, 0),
    });
    await expect.poll(() => seen, { timeout: 20_000 }).toContain("trace-dead-letter");
    controller.abort();
    expect((await following).code).toBe(130);
    expect(seen.split(`order.paid/${lane}@0 `)).toHaveLength(2);
    expect(seen).toContain("interrupted: this is what was found so far");
  });
});

test("memory stays bounded on a log of any size: 100,000 events of the key, 400 MB of them", {
  timeout: 60_000,
}, async () => {
  const records = 100_000;
  const note = "x".repeat(4000);
  const own = shopCluster().transport();
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const inUse = () => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = inUse();
  let peak = 0;
  const endless: Transport = {
    ...own,
    logRanges: async (places) => places.map(({ topic }) => ({ start: 0, end: topic === "order.placed" ? records : 0 })),
    async *read({ topic, partition }, { from, to }, { keep = () => true } = {}) {
      for (let offset = from; offset < to; offset += 500) {
        const batch = Array.from({ length: 500 }, (_, index): ConsumerRecord => {
          const at = offset + index;
          const place = { topic, partition, offset: at, timestampMs: at };
          const value = { order_id: 42, n: at, correlation_id: `${"c".repeat(280)}${at}`, note };
          return { ...place, key: Buffer.from("42"), value: Buffer.from(JSON.stringify(value)), headers: [] };
        });
        const records = batch.filter(({ key }) => keep(key));
        yield { topic, partition, records, fromOffset: offset, nextOffset: offset + batch.length, logEnd: to };
        if (offset % 10_000 === 0) peak = Math.max(peak, inUse() - before);
      }
    },
  };
  const { report } = await trace(endless, { limit: 1000 });
  expect(report).toMatchObject({ leftOut: records - 1000, read: { records }, summary: { events: 1000 } });
  expect(report.events.at(-1).offset).toBe(records - 1);
  // Twice a thousand events of about 1 KB, fetches of 2 MB, and what code itself takes when it first runs.
  expect(peak).toBeLessThan(40 * 2 ** 20);
});

describe("the question", () => {
  const given = { key: "42", domain: undefined, topics: [] };

  test("names topics by address or by name, and keys as they are written canonically", () => {
    const chosen = choose(shopTopics, { ...given, key: "0042", topics: ["order.paid", "shipped"] });
    expect(chosen).toMatchObject({ key: "42", askedKey: "0042", domain: { name: "orders" } });
    expect(Object.keys(chosen.topics)).toEqual(["paid", "shipped"]);
  });

  test.each([
    [{ key: "4x" }, '"4x" is not a valid key of orders: its keys are whole numbers, in digits'],
    [{ topics: ["order.payd"] }, 'the domain orders has no topic "order.payd"\nDid you mean order.paid?'],
    [{ domain: "ordrs" }, 'the contract has no domain "ordrs"\nDid you mean orders?'],
  ])("%j is refused with what is wrong", (more, reason) => {
    expect(() => choose(shopTopics, { ...given, ...more })).toThrow(new CommandError("usage", reason));
  });
});
