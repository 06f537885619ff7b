import { request } from "node:http";
import { createProjector, KeylineError, type LaneStatus } from "@keyline/runtime";
import { createMemoryStore } from "@keyline/runtime/testing";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProgress } from "../src/health/progress.ts";
import { type HealthServer, health, prometheusHooks, serveHealth } from "../src/index.ts";
import { createConsumer, createProducer, defineProjection, lanes, openShop } from "./shop.ts";

const place = { topic: "code.executed", partition: 3 };
const lane = (finishedTo: number): LaneStatus => ({
  ...{ domain: "students", lane: 3, unfinished: 2, unfinishedBytes: 300, waitsFor: null, lateHandlers: 0 },
  partitions: [{ ...place, finishedTo, fetchedTo: finishedTo }],
});

it("a lane stalls when it has something to do and finishes nothing, and not when there is nothing to do", async () => {
  const now = { ms: 0, finished: 5, end: 9 };
  const look = createProgress({
    consumers: [{ groupId: "progress", lanes: () => [lane(now.finished)] }],
    transport: { stableEnds: async () => [now.end] },
    nowMs: () => now.ms,
  });
  expect(await look()).toMatchObject([{ lag: 4, stalledMs: 0 }]);
  now.ms = 3000;
  expect(await look()).toMatchObject([{ lag: 4, stalledMs: 3000 }]);
  now.finished = 6;
  expect(await look()).toMatchObject([{ lag: 3, stalledMs: 0 }]);
  now.ms = 9000;
  now.end = 6;
  expect(await look()).toMatchObject([{ lag: 0, stalledMs: 0 }]);
});

describe("the pages", () => {
  /** What a consumer, its cluster and its service tell. */
  const state = {
    ready: true,
    nowMs: 0,
    waitsFor: null as KeylineError | null,
    lateHandlers: 0,
    ended: null as Error | null,
    joined: true,
    away: false,
    silent: false,
  };
  const atFirst = { ...state };
  let server: HealthServer;
  beforeEach(async () => {
    Object.assign(state, atFirst);
    const registry = new Registry();
    prometheusHooks(registry);
    const handler = health({
      registry,
      nowMs: () => state.nowMs,
      stalledAfterMs: 1000,
      consumers: [
        {
          groupId: "progress",
          check() {
            if (!state.joined)
              throw new KeylineError("closed", "the consumer of group progress has not joined its group");
          },
          lanes() {
            if (state.ended) throw state.ended;
            return [{ ...lane(5), waitsFor: state.waitsFor, lateHandlers: state.lateHandlers }];
          },
        },
      ],
      transport: {
        async stableEnds() {
          if (state.silent) await new Promise(() => {});
          if (state.away) throw new KeylineError("transport_unavailable", "no broker");
          return [9];
        },
      },
      async ready() {
        if (!state.ready) throw new Error("the store does not answer");
      },
    });
    server = await serveHealth(handler, { port: 0, names: ["progress"] });
  });
  afterEach(() => server.close());
  const get = async (page: string, method = "GET") => {
    const response = await fetch(server.url + page, { method });
    return { status: response.status, text: await response.text() };
  };
  const full = new KeylineError("store_unavailable", "the disk is full");

  it("are where the log says", async () => {
    const lines: string[] = [];
    const ignored = () => undefined;
    const logger = { debug: ignored, info: (text: string) => void lines.push(text), warn: ignored, error: ignored };
    await using other = await serveHealth(async () => new Response("here"), { port: 0, logger });
    expect(lines).toEqual([`health and metrics at ${other.url}`]);
  });

  it("say that a process lives as long as its lanes get on, or as that is not known", async () => {
    expect(await get("/livez")).toMatchObject({ status: 200, text: expect.stringContaining('"lag": 4') });
    state.nowMs = 1001;
    state.waitsFor = full;
    expect((await get("/livez")).status).toBe(200);
    state.waitsFor = null;
    expect(await get("/livez")).toMatchObject({ status: 503, text: expect.stringContaining('"stalled"') });
    Object.assign(state, { nowMs: 0, lateHandlers: 1 });
    expect(await get("/livez")).toMatchObject({ status: 503, text: expect.stringContaining('"handler late"') });
    state.away = true;
    expect((await get("/livez")).status).toBe(200);
    state.ended = new Error("the log is gone");
    expect(await get("/livez")).toMatchObject({ status: 503, text: expect.stringContaining("the log is gone") });
  });

  it("say that a process is ready, or why it is not", async () => {
    expect((await get("/readyz")).status).toBe(200);
    const because = async (text: string) =>
      expect(await get("/readyz")).toMatchObject({ status: 503, text: expect.stringContaining(text) });
    state.waitsFor = full;
    await because("the disk is full");
    Object.assign(state, atFirst, { ready: false });
    await because("the store does not answer");
    Object.assign(state, atFirst, { joined: false });
    await because("has not joined its group");
    Object.assign(state, atFirst, { away: true });
    await because("the cluster cannot be asked: [transport_unavailable] no broker");
  });

  it("answer within the second that a probe waits while the cluster does not answer, and are not ready then", async () => {
    state.silent = true;
    const startedMs = performance.now();
    const [alive, ready, told] = await Promise.all([get("/livez"), get("/readyz"), get("/metrics")]);
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(alive).toMatchObject({ status: 200, text: expect.stringContaining("cannot be asked") });
    expect(ready).toMatchObject({ status: 503, text: expect.stringContaining("cannot be asked: no answer in 500 ms") });
    expect(told).toMatchObject({ status: 200, text: expect.stringContaining("keyline_send_seconds_count 0") });
  });

  it("have the lanes among the metrics", async () => {
    const { text } = await get("/metrics");
    expect(text).toContain('keyline_lag{group="progress",topic="code.executed",partition="3"} 4');
    expect(text).toContain('keyline_lanes_owned{group="progress",domain="students"} 1');
    expect(text).toContain('keyline_stalled_seconds{group="progress",domain="students"} 0');
  });

  it("are asked by an address or a name of their own, and by no other, as a page of a browser could", async () => {
    const statusBy = (host: string) =>
      new Promise((resolve, reject) => {
        const asked = request(`${server.url}/livez`, { headers: { host } }, (response) => {
          resolve(response.statusCode);
          response.resume();
        });
        asked.on("error", reject).end();
      });
    for (const host of ["127.0.0.1", "10.1.2.3:9464", "[::1]:9464", "localhost:1", "progress:9464", "PROGRESS"])
      expect([host, await statusBy(host)]).toEqual([host, 200]);
    for (const host of ["evil.example", "127.0.0.1.evil.example", "progress.evil.example:9464", "[evil]"])
      expect([host, await statusBy(host)]).toEqual([host, 421]);
  });

  it("are three, and are only read", async () => {
    expect((await get("/")).status).toBe(404);
    expect((await get("/livez", "POST")).status).toBe(405);
    expect(await get("/livez?verbose", "HEAD")).toEqual({ status: 200, text: "" });
  });
});

it("a handler without a server tells of real consumers and projectors, each by its group", async () => {
  const { transport } = openShop();
  const consumer = createConsumer({ transport, groupId: "mailer", on: { orderPlaced: () => undefined } });
  const projection = defineProjection({
    name: "balance",
    initial: () => ({ n: 0 }),
    on: { orderPlaced: (state) => state },
  });
  const projector = createProjector({ projection, transport, store: createMemoryStore() });
  const registry = new Registry();
  const handler = health({ consumers: [consumer, projector], transport, registry });
  const get = async (page: string) => {
    const response = await handler(new Request(`https://shop.example${page}`));
    return `${response.status} ${await response.text()}`;
  };
  expect(await get("/readyz")).toMatch(/^503 .*the consumer of group mailer has not joined its group/s);
  expect(await get("/livez")).toMatch(/^200 /);
  await Promise.all([consumer.start(), projector.start()]);
  const producer = createProducer({ transport, source: "shop" });
  await producer.orderPlaced({ order_id: 1 });
  await Promise.all([consumer.caughtUp(), projector.caughtUp()]);
  expect(await get("/readyz")).toMatch(/^200 /);
  const text = await get("/metrics");
  for (const group of ["mailer", "balance"])
    expect(text).toContain(`keyline_lanes_owned{group="${group}",domain="orders"} ${lanes}`);
  await consumer.close();
  expect(await get("/readyz")).toMatch(/^503 .*was closed/s);
  await Promise.all([projector.close(), producer.close()]);
  await transport.close();
});

it("an outbox is among the metrics while it answers, and its relay says when it is not ready", async () => {
  const { transport } = openShop();
  const registry = new Registry();
  let answers = true;
  let waitsFor: string | null = null;
  let questions = 0;
  const outbox = {
    async status() {
      questions += 1;
      if (!answers) throw new KeylineError("store_unavailable", "the database does not answer");
      return { waiting: 7, oldestMs: 1500, parkedKeys: 2, freeSlots: 21 };
    },
    standing: () => ({ waitsFor }),
  };
  const handler = health({ consumers: [], transport, registry, outbox });
  const get = async (page: string) => {
    const response = await handler(new Request(`https://shop.example${page}`));
    return `${response.status} ${await response.text()}`;
  };
  const metrics = await get("/metrics");
  for (const line of ["rows 7", "oldest_seconds 1.5", "parked_keys 2", "free_slots 21"])
    expect(metrics).toContain(`\nkeyline_outbox_${line}\n`);
  expect(questions).toBe(1);
  expect(await get("/readyz")).toMatch(/^200 /);
  answers = false;
  expect(await get("/metrics")).not.toMatch(/^keyline_outbox_\w+ \d/m);
  waitsFor = "database";
  expect(await get("/readyz")).toMatch(/^503 .*the relay waits for its database/s);
  await transport.close();
});
