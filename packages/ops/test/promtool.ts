// Real metrics of an app, as promtool evaluates the rules on them.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";

const run = promisify(execFile);

export const rules = join(import.meta.dirname, "../files/prometheus-rules.yaml");

/** The metrics that were read at a minute, as text. */
export type Scrape = readonly [minute: number, text: string];

const minutes = 80;

/** Names with labels, and what each is. Prometheus adds the job. */
function samplesOf(text: string): ReadonlyMap<string, string> {
  const lines = [...text.matchAll(/^(\w+)(?:\{([^}]*)\})? (\S+)$/gm)];
  return new Map(
    lines.map(([, name = "", labels, value = ""]) => [
      `${name}{${[labels, 'job="shop"'].filter(Boolean).join(",")}}`,
      value,
    ]),
  );
}

/** Each series a sample a minute: that of the last scrape before it, none where that did not have the series yet. */
function seriesOf(scrapes: readonly Scrape[]): readonly Series[] {
  const read = scrapes.map(([minute, text]) => ({ minute, samples: samplesOf(text) }));
  const names = new Set(read.flatMap(({ samples }) => [...samples.keys()]));
  const at = (name: string, minute: number) =>
    read.findLast((scrape) => scrape.minute <= minute)?.samples.get(name) ?? "_";
  return [...names].map((series) => ({
    series,
    values: Array.from({ length: minutes }, (_, minute) => at(series, minute)).join(" "),
  }));
}

/** Which alerts are to fire at a minute; promtool says in its output what fires instead. */
export type Expected = readonly [minute: number, alerts: readonly string[]];

const firing = 'count by (alertname) (ALERTS{alertstate="firing"})';

/** A query that promtool evaluates at a minute, with the samples that it must have. */
const queried = (minute: number, expr: string, exp_samples: readonly { labels: string; value: number }[]) => ({
  expr,
  eval_time: `${minute}m`,
  exp_samples,
});

/** The alerts that must fire at a minute, and no others. */
export const alertsAt = ([minute, alerts]: Expected) =>
  queried(
    minute,
    firing,
    alerts.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
  );

/** The value that a query must have at a minute, by default without labels; null for none. */
export const valueAt = (minute: number, expr: string, value: number | null, labels = "{}") =>
  queried(minute, expr, value === null ? [] : [{ labels, value }]);

/** A query of the dashboard as Grafana sends it where everything is chosen. */
export const withChoices = (expr: string) =>
  expr.replaceAll("$__rate_interval", "5m").replaceAll("$job", ".+").replaceAll("$instance", ".+");

/** A series with its values, one for each interval, in promtool's notation. */
export interface Series {
  readonly series: string;
  readonly values: string;
}

/** Rejects with promtool's output where the rules, or a query, have other results than expected. */
export async function expectOf(
  interval: string,
  input_series: readonly Series[],
  promql_expr_test: readonly ReturnType<typeof queried>[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "keyline-promtool-"));
  try {
    const file = join(folder, "test.yaml");
    const test = { interval, input_series, promql_expr_test };
    await writeFile(file, stringify({ rule_files: [rules], evaluation_interval: "1m", tests: [test] }));
    await promtool("test", "rules", file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Rejects with promtool's output where other alerts fire than expected. */
export async function expectAlerts(scrapes: readonly Scrape[], expected: readonly Expected[]): Promise<void> {
  // Prometheus has a series of its own that says whether it could read the service.
  const up = { series: 'up{job="shop"}', values: `1x${minutes}` };
  await expectOf("1m", [up, ...seriesOf(scrapes)], expected.map(alertsAt));
}

/** Runs promtool. Rejects with all that it prints. */
export async function promtool(...args: readonly string[]): Promise<string> {
  try {
    return (await run("promtool", [...args])).stdout;
  } catch (caught) {
    const { stdout = "", stderr = "" } = caught as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`promtool ${args.join(" ")}:\n${stdout}${stderr}`);
  }
}
