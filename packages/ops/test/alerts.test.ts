import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canRun } from "@keyline/needs";
import { KeylineError } from "@keyline/runtime";
import { createMemoryStore } from "@keyline/runtime/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { alerts } from "../build/alerts.ts";
import { targetsOf } from "../build/dashboard.ts";
import { allMetrics, type OutboxFigures } from "../src/metrics/table.ts";
import { type Expected, expectAlerts, promtool, rules, type Scrape, withChoices } from "./promtool.ts";
import { type AppOptions, type RunningApp, runningApp } from "./running-app.ts";
import { createConsumer, defineProjection, until } from "./shop.ts";

const hasPromtool = await canRun("promtool");
const apps: RunningApp[] = [];
const ending: (() => void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) end();
  await Promise.all(apps.splice(0).map((app) => app.close()));
  vi.restoreAllMocks();
});

async function start(options: AppOptions): Promise<RunningApp> {
  const app = await runningApp(options);
  apps.push(app);
  return app;
}

/** A handler that stays at work until the test ends. */
function busy() {
  const { promise, resolve } = Promise.withResolvers<void>();
  ending.push(resolve);
  return () => promise;
}
const failing = () => {
  throw new Error("as the test says");
};
const balance = (more: Partial<Parameters<typeof defineProjection<{ n: number }>>[0]> = {}) =>
  defineProjection<{ n: number }>({
    name: "balance",
    initial: () => ({ n: 0 }),
    on: { orderPlaced: (state) => state },
    ...more,
  });

/** Waits until a metric is more than it was. */
async function grown(app: RunningApp, metric: string, from = 0): Promise<string> {
  let text = "";
  const read = async () => {
    text = await app.scrape();
    const values = [...text.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))].map(([, n]) => Number(n));
    return values.reduce((sum, value) => sum + value, 0) > from;
  };
  await until(`${metric} is above ${from}`, read);
  return text;
}

/** What was read at minute 0, before anything happened, and from minute 5 on. */
interface Course {
  readonly scrapes: readonly Scrape[];
  /** When the alert is looked for; it must not fire in minute 4. */
  readonly atMinute: number;
}

/** What is done to a quiet app: after it a metric has grown. */
async function once(app: RunningApp, metric: string, act: () => Promise<unknown>): Promise<readonly Scrape[]> {
  const before = await app.scrape();
  await act();
  return [
    [0, before],
    [5, await grown(app, metric)],
  ];
}

/** An outbox that comes to stand as said: after it a metric has grown. */
async function outboxBecomes(figures: Partial<OutboxFigures>, metric: string): Promise<readonly Scrape[]> {
  let now: OutboxFigures = { waiting: 0, oldestMs: null, parkedKeys: 0, freeSlots: 0 };
  const app = await start({ outbox: { status: async () => now } });
  return once(app, metric, async () => {
    now = { ...now, ...figures };
  });
}

const one = { order_id: 1 };
const place = { topic: "order.placed", partition: 0 };
const keyOnLane = 1;

/** For each alert a running app in which its condition comes true. */
const courses: Readonly<Record<string, () => Promise<Course>>> = {
  async KeylineDeadLetters() {
    const app = await start({ on: failing });
    return {
      scrapes: await once(app, "keyline_dead_lettered_total", () => app.producer.orderPlaced(one)),
      atMinute: 8,
    };
  },
  async KeylineParked() {
    const app = await start({ projection: balance({ on: { orderPlaced: failing } }), onFailure: "hold" });
    return { scrapes: await once(app, "keyline_parked_total", () => app.producer.orderPlaced(one)), atMinute: 8 };
  },
  async KeylineTimerDropped() {
    const projection = balance({
      on: {
        orderPlaced: (state, _, ctx) => {
          ctx.timer.set("overdue", 0);
          return state;
        },
      },
      onTimer: failing,
    });
    const app = await start({ projection });
    return {
      scrapes: await once(app, "keyline_timer_dropped_total", () => app.producer.orderPlaced(one)),
      atMinute: 8,
    };
  },
  async KeylineLagGrows() {
    const app = await start({ on: busy() });
    const scrapes: Scrape[] = [[0, await app.scrape()]];
    for (const minute of [5, 12, 19, 26, 33]) {
      const sends = Array.from({ length: 120 }, () => app.producer.orderPlaced(one));
      await Promise.all(sends);
      scrapes.push([minute, await grown(app, "keyline_lag", scrapes.length * 120 - 1)]);
    }
    return { scrapes, atMinute: 36 };
  },
  async KeylineStalled() {
    const now = { ms: 0 };
    const app = await start({ on: busy(), nowMs: () => now.ms });
    const before = await app.scrape();
    await app.producer.orderPlaced(one);
    await grown(app, "keyline_lag");
    now.ms = 400_000;
    return {
      scrapes: [
        [0, before],
        [5, await grown(app, "keyline_stalled_seconds")],
      ],
      atMinute: 6,
    };
  },
  async KeylineHandlerLate() {
    const app = await start({ on: busy(), handlerTimeoutMs: 1 });
    return { scrapes: await once(app, "keyline_late_handlers", () => app.producer.orderPlaced(one)), atMinute: 15 };
  },
  async KeylineStoreWaits() {
    const store = createMemoryStore();
    const away = () => Promise.reject(new KeylineError("store_unavailable", "the disk is full"));
    const app = await start({ projection: balance(), store: { ...store, write: away } });
    return { scrapes: await once(app, "keyline_lanes_waiting", () => app.producer.orderPlaced(one)), atMinute: 15 };
  },
  async KeylineTransactionOpen() {
    const app = await start({ on: () => undefined });
    ending.push(app.cluster.faults.openTransaction(place));
    app.cluster.faults.produce({ ...place, key: Buffer.from("5"), value: Buffer.from("{}") });
    // Its clock runs faster than ours: no test waits 10 s.
    const nowMs = performance.now.bind(performance);
    let ahead = 0;
    vi.spyOn(performance, "now").mockImplementation(() => nowMs() + ahead);
    const before = await app.scrape();
    const told = async () => {
      ahead += 200;
      return /^keyline_transaction_open_reports_total\{.*\} \d/m.test(await app.scrape());
    };
    await until("the transaction is told of", told);
    return {
      scrapes: [
        [0, before],
        [5, await app.scrape()],
      ],
      atMinute: 6,
    };
  },
  async KeylinePartitionCount() {
    const app = await start({ on: () => undefined, metadataIntervalMs: 1 });
    const grow = async () => app.cluster.growTopic("order.placed", 3);
    return { scrapes: await once(app, "keyline_partition_count_wrong", grow), atMinute: 6 };
  },
  async KeylineUnread() {
    const app = await start({ on: () => undefined });
    const { transport, hooks } = app;
    const other = createConsumer({ transport, hooks, groupId: "mailer", on: { orderPaid: () => undefined } });
    return { scrapes: await once(app, "keyline_unread_partitions", () => other.start()), atMinute: 22 };
  },
  async KeylineOutboxWaits() {
    const late = { waiting: 3, oldestMs: 61_000 };
    return { scrapes: await outboxBecomes(late, "keyline_outbox_oldest_seconds"), atMinute: 11 };
  },
  async KeylineOutboxParked() {
    return { scrapes: await outboxBecomes({ waiting: 3, parkedKeys: 1 }, "keyline_outbox_parked_keys"), atMinute: 6 };
  },
  async KeylineOutboxNoRelay() {
    return { scrapes: await outboxBecomes({ freeSlots: 22 }, "keyline_outbox_free_slots"), atMinute: 11 };
  },
  async KeylineDeadLettersWait() {
    // As `keyline audit --follow` serves it.
    const waiting = (letters: number) => `keyline_audit_dead_letters{topic="order.placed.dlq"} ${letters}\n`;
    return {
      scrapes: [
        [0, waiting(0)],
        [5, waiting(2)],
      ],
      atMinute: 67,
    };
  },
  async KeylineRetriesGoOn() {
    const app = await start({ on: failing, attempts: 5 });
    const scrapes: Scrape[] = [[0, await app.scrape()]];
    for (const minute of [5, 8, 11, 14, 17, 20, 23, 26]) {
      await app.producer.orderPlaced({ order_id: minute });
      scrapes.push([minute, await grown(app, "keyline_dead_lettered_total", scrapes.length - 1)]);
    }
    return { scrapes, atMinute: 28 };
  },
  async KeylineWrongPartition() {
    const app = await start({ on: () => undefined });
    const stray = async () => {
      const { partition } = await app.producer.orderPaid({ order_id: keyOnLane });
      const value = Buffer.from(JSON.stringify({ event_id: "a", order_id: keyOnLane }));
      const key = Buffer.from(String(keyOnLane));
      app.cluster.faults.produce({ topic: "order.placed", partition: 1 - partition, key, value });
    };
    return { scrapes: await once(app, "keyline_wrong_partition_total", stray), atMinute: 8 };
  },
  async KeylineIdReused() {
    const app = await start({ projection: balance() });
    const twice = async () => {
      await app.producer.orderPlaced({ ...one, event_id: "a", note: "first" });
      await app.producer.orderPlaced({ ...one, event_id: "a", note: "second" });
    };
    return { scrapes: await once(app, "keyline_ignored_total", twice), atMinute: 8 };
  },
  async KeylineCauseMissing() {
    const app = await start({
      projection: balance({ on: { orderPlaced: (state) => state, orderPaid: (state) => state } }),
    });
    const forge = async () => {
      const { partition } = await app.producer.orderPlaced(one);
      const value = Buffer.from(JSON.stringify({ event_id: "b", ...one }));
      const headers = [
        ["keyline-after", Buffer.from(`order.placed/${partition}@1000`)],
        ["keyline-cluster", Buffer.from(app.cluster.clusterId)],
      ] as const;
      app.cluster.faults.produce({ topic: "order.paid", partition, key: Buffer.from("1"), value, headers });
    };
    return { scrapes: await once(app, "keyline_cause_missing_total", forge), atMinute: 8 };
  },
};

/** Alerts that come with another: where events fail all the time they end in the dead letters. */
const with_: Readonly<Record<string, readonly string[]>> = { KeylineRetriesGoOn: ["KeylineDeadLetters"] };

describe.runIf(hasPromtool)(
  "each alert fires on the metrics of a running app in which its condition comes true",
  () => {
    it.each(alerts.map(({ name }) => name))("%s", async (name) => {
      const { scrapes, atMinute } = await (courses[name] ?? failing)();
      const expected: Expected[] = [
        [4, []],
        [atMinute, [name, ...(with_[name] ?? [])].sort()],
      ];
      await expectAlerts(scrapes, expected);
    });

    it("none fires where everything is as it should be", async () => {
      const outbox = { status: async () => ({ waiting: 2, oldestMs: 300, parkedKeys: 0, freeSlots: 0 }) };
      const app = await start({ on: () => undefined, projection: balance(), outbox });
      const scrapes: Scrape[] = [[0, await app.scrape()]];
      for (const minute of [5, 15, 25]) {
        await app.producer.orderPlaced({ order_id: minute });
        scrapes.push([minute, await grown(app, "keyline_handled_total", scrapes.length * 2 - 1)]);
      }
      await expectAlerts(scrapes, [
        [4, []],
        [6, []],
        [16, []],
        [35, []],
      ]);
    });
  },
);

it.runIf(hasPromtool)("promtool takes the rules, and every query of the dashboard", async () => {
  expect(await promtool("check", "rules", rules)).toContain(`SUCCESS: ${alerts.length} rules found`);
  const folder = await mkdtemp(join(tmpdir(), "keyline-queries-"));
  try {
    const queries = allMetrics.flatMap(targetsOf);
    const records = queries.map(({ expr }, index) => ({
      record: `query${index}`,
      expr: withChoices(expr),
    }));
    const file = join(folder, "queries.yaml");
    await writeFile(file, stringify({ groups: [{ name: "queries", rules: records }] }));
    expect(await promtool("check", "rules", file)).toContain("SUCCESS");
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("each alert keeps services apart by their job, and groups by their name where the metric has it", () => {
  for (const { name, expr } of alerts) {
    const kept = [...expr.matchAll(/ by \(([^)]*)\)/g)].map(([, labels = ""]) => labels.split(", "));
    const hasGroup = allMetrics.some((metric) => metric.labels.includes("group") && expr.includes(metric.name));
    expect([name, kept.length > 0, kept.every((labels) => labels.includes("job"))]).toEqual([name, true, true]);
    expect([name, kept.every((labels) => labels.includes("group"))]).toEqual([name, hasGroup]);
  }
});

it("each alert has its section, and each section its alert", async () => {
  const page = await readFile(new URL("../../../docs/operations/alerts.md", import.meta.url), "utf8");
  const [, ...sections] = page.split(/^## (?=Keyline)/m);
  expect(sections.map((section) => section.split("\n")[0])).toEqual(alerts.map(({ name }) => name));
  for (const section of sections) {
    for (const part of ["**What it means.**", "**What to look at.**", "**What to do.**"])
      expect(section).toContain(part);
    // Without a code it would send letters again that cannot succeed.
    expect(section).not.toContain("keyline dead-letters replay`");
  }
});
