import { request } from "node:http";
import { KeylineError, type LaneStatus } from "@keyline/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bothHooks, createMetrics } from "./metrics.js";
import { createProgress } from "./progress.js";
import { type HealthServer, startHealthServer } from "./server.js";

const place = { topic: "code.executed", partition: 3 };
const lane = (finishedTo: number): LaneStatus => ({
  ...{ domain: "students", lane: 3, unfinished: 2, unfinishedBytes: 300, waitsFor: null, lateHandlers: 0 },
  partitions: [{ ...place, finishedTo, fetchedTo: finishedTo }],
});

describe("progress", () => {
  it("is lost when a lane has something to do and finishes nothing, and not when there is nothing to do", async () => {
    const now = { ms: 0, finished: 5, end: 9 };
    const progress = createProgress({
      lanes: () => [lane(now.finished)],
      stableEnds: async () => [now.end],
      nowMs: () => now.ms,
    });
    expect(await progress.look()).toMatchObject([{ lag: 4, stalledMs: 0 }]);
    now.ms = 3000;
    expect(await progress.look()).toMatchObject([{ lag: 4, stalledMs: 3000 }]);
    now.finished = 6;
    expect(await progress.look()).toMatchObject([{ lag: 3, stalledMs: 0 }]);
    now.ms = 9000;
    now.end = 6;
    expect(await progress.look()).toMatchObject([{ lag: 0, stalledMs: 0 }]);
  });
});

describe("the health server", () => {
  const state = {
    ready: true,
    stalledMs: 0,
    waitsFor: null as string | null,
    lateHandlers: 0,
    away: false,
    silent: false,
  };
  let server: HealthServer;
  const metrics = createMetrics();
  beforeEach(async () => {
    Object.assign(state, { ready: true, stalledMs: 0, waitsFor: null, lateHandlers: 0, away: false, silent: false });
    server = await startHealthServer({
      ...{ host: "127.0.0.1", port: 0, names: ["progress"], metrics, stalledAfterMs: 1000 },
      async look() {
        if (state.silent) await new Promise(() => {});
        if (state.away) throw new KeylineError("transport_unavailable", "no broker");
        const partitions = [{ ...place, finishedTo: 5, lag: 4 }];
        const { stalledMs, waitsFor, lateHandlers } = state;
        const ends = { unfinished: 2, unfinishedBytes: 300, lag: 4 };
        return [{ domain: "students", lane: 3, ...ends, stalledMs, waitsFor, lateHandlers, partitions }];
      },
      async ready() {
        if (!state.ready) throw new Error("the store does not answer");
      },
    });
  });
  afterEach(() => server.close());
  const get = async (page: string) => {
    const response = await fetch(server.url + page);
    return { status: response.status, text: await response.text() };
  };

  it("says that a process lives as long as its lanes get on, or as that is not known", async () => {
    expect(await get("/livez")).toMatchObject({ status: 200, text: expect.stringContaining('"lag": 4') });
    state.stalledMs = 1001;
    state.waitsFor = "[store_unavailable] the disk is full";
    expect((await get("/livez")).status).toBe(200);
    state.waitsFor = null;
    expect(await get("/livez")).toMatchObject({ status: 503, text: expect.stringContaining('"stalled"') });
    Object.assign(state, { stalledMs: 0, lateHandlers: 1 });
    expect(await get("/livez")).toMatchObject({ status: 503, text: expect.stringContaining('"handler late"') });
    state.away = true;
    expect((await get("/livez")).status).toBe(200);
  });

  it("says that a process is ready, or why it is not", async () => {
    expect((await get("/readyz")).status).toBe(200);
    state.waitsFor = "[store_unavailable] the disk is full";
    expect(await get("/readyz")).toMatchObject({ status: 503, text: expect.stringContaining("the disk is full") });
    state.waitsFor = null;
    state.ready = false;
    expect(await get("/readyz")).toMatchObject({ status: 503, text: expect.stringContaining("does not answer") });
  });

  it("answers within the second that a probe waits while the cluster does not answer, and is not ready then", async () => {
    state.silent = true;
    const startedMs = performance.now();
    const [alive, ready, told] = await Promise.all([get("/livez"), get("/readyz"), get("/metrics")]);
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(alive).toMatchObject({ status: 200, text: expect.stringContaining("cannot be asked") });
    expect(ready).toMatchObject({ status: 503, text: expect.stringContaining("cannot be asked") });
    expect(told).toMatchObject({ status: 200, text: expect.stringContaining("keyline_handled_total") });
  });

  it("serves metrics of every hook, and no key or id among them", async () => {
    const at = { ...place, offset: 7, key: "4242" };
    const error = new KeylineError("handler_failed", "as the test says");
    const { hooks } = metrics;
    hooks.wrongPartition?.({ ...at, expected: 5, matches: ["murmur2"] });
    hooks.causeIgnored?.({ ...at, reason: "missing" });
    hooks.causeIgnored?.({ ...at, reason: "absent" });
    hooks.handled?.({ ...at, attempts: 1, tookMs: 3 });
    hooks.deadLettered?.({ ...at, error });
    hooks.parked?.({ ...at, error });
    hooks.released?.({ ...at, heldMs: 20 });
    const { text } = await get("/metrics");
    expect(text).toContain('keyline_wrong_partition_total{topic="code.executed"} 1');
    expect(text).toContain("keyline_cause_missing_total 1");
    expect(text).toContain('keyline_cause_ignored_total{reason="absent"} 1');
    expect(text).toContain('keyline_dead_lettered_total{topic="code.executed",code="handler_failed"} 1');
    expect(text).toContain('keyline_lag{topic="code.executed",partition="3"} 4');
    expect(text).toContain('keyline_lanes_owned{domain="students"} 1');
    expect(text).not.toContain("4242");
  });

  it("is asked by an address or a name of its own, and by no other, as a page of a browser could", async () => {
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

  it("knows no other page", async () => {
    expect((await get("/")).status).toBe(404);
  });
});

it("two sets of hooks both hear of everything", () => {
  const heard: string[] = [];
  const hooks = bothHooks({ fenced: () => heard.push("one") }, { fenced: () => heard.push("two") });
  hooks.fenced?.({ group: "g", domain: "d", lane: 1 });
  expect(heard).toEqual(["one", "two"]);
});
