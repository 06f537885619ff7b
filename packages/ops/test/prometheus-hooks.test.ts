import { KeylineError } from "@keyline/runtime";
import { Counter, type OpenMetricsContentType, Registry } from "prom-client";
import { expect, it } from "vitest";
import { allHooks, prometheusHooks } from "../src/index.ts";
import { hookMetrics } from "../src/metrics/table.ts";

const at = { group: "mailer", topic: "code.executed", partition: 3, offset: 7, key: "4242" };
const error = new KeylineError("handler_failed", "as the test says");

it("fills the metrics of a registry of prom-client, and no key or id is among them", async () => {
  const registry = new Registry();
  registry.setDefaultLabels({ app: "shop" });
  new Counter({ name: "own_total", help: "The service's own.", registers: [registry] }).inc();
  const hooks = prometheusHooks(registry);
  hooks.wrongPartition?.({ ...at, expected: 5, matches: ["murmur2"] });
  hooks.causeIgnored?.({ ...at, reason: "missing" });
  hooks.causeIgnored?.({ ...at, reason: "absent" });
  hooks.handled?.({ ...at, attempts: 1, tookMs: 3 });
  hooks.handled?.({ ...at, attempts: 1, tookMs: 70_000 });
  hooks.handled?.({ ...at, group: "books", attempts: 1, tookMs: 3 });
  hooks.deadLettered?.({ ...at, error });
  hooks.partitionCount?.({ topic: "code.executed", expected: 5, found: 7 });
  hooks.sent?.({ topic: "code.executed", partition: 3, records: 2, bytes: 300 });
  const text = await registry.metrics();
  for (const line of [
    'own_total{app="shop"} 1',
    'keyline_wrong_partition_total{group="mailer",topic="code.executed",app="shop"} 1',
    'keyline_cause_missing_total{group="mailer",app="shop"} 1',
    'keyline_cause_ignored_total{group="mailer",reason="absent",app="shop"} 1',
    'keyline_handled_total{group="mailer",topic="code.executed",app="shop"} 2',
    'keyline_handled_total{group="books",topic="code.executed",app="shop"} 1',
    'keyline_dead_lettered_total{group="mailer",topic="code.executed",code="handler_failed",app="shop"} 1',
    'keyline_partition_count_wrong{topic="code.executed",app="shop"} 1',
    'keyline_sent_bytes_total{topic="code.executed",app="shop"} 300',
    'keyline_handle_seconds_bucket{group="mailer",le="0.001",app="shop"} 0',
    'keyline_handle_seconds_bucket{group="mailer",le="0.005",app="shop"} 1',
    'keyline_handle_seconds_bucket{group="mailer",le="30",app="shop"} 1',
    'keyline_handle_seconds_bucket{group="mailer",le="+Inf",app="shop"} 2',
    'keyline_handle_seconds_count{group="mailer",app="shop"} 2',
    'keyline_handle_seconds_count{group="books",app="shop"} 1',
    'keyline_handle_seconds_sum{group="mailer",app="shop"} 70.003',
    "# TYPE keyline_handle_seconds histogram",
  ])
    expect(text.split("\n")).toContain(line);
  expect(text).not.toContain("4242");
  registry.resetMetrics();
  expect(await registry.metrics()).not.toContain('topic="code.executed"');
});

it("is printed as OpenMetrics, and by the other ways that a registry has", async () => {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const hooks = prometheusHooks(registry);
  hooks.handled?.({ ...at, attempts: 1, tookMs: 3 });
  const text = await registry.metrics();
  expect(text).toContain(
    '# TYPE keyline_handled counter\nkeyline_handled_total{group="mailer",topic="code.executed"} 1\n',
  );
  expect(text.endsWith("# EOF\n")).toBe(true);
  expect(await registry.getMetricsAsJSON()).toHaveLength(hookMetrics.length);
});

it("belongs to a registry once", () => {
  const registry = new Registry();
  prometheusHooks(registry);
  expect(() => prometheusHooks(registry)).toThrow("already been registered");
});

it("several sets of hooks all hear of everything, also where one of them throws", () => {
  const heard: string[] = [];
  const failing = () => {
    throw new Error("as the test says");
  };
  const hooks = allHooks(
    { fenced: () => heard.push("one") },
    {},
    { fenced: failing, laneTaken: failing },
    { fenced: () => heard.push("two") },
  );
  expect(() => hooks.fenced?.({ group: "g", domain: "d", lane: 1 })).toThrow("as the test says");
  expect(heard).toEqual(["one", "two"]);
});
