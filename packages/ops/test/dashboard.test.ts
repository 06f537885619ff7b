import { canRun } from "@keyline/needs";
import { expect, it } from "vitest";
import { dashboardFile, targetsOf } from "../build/dashboard.ts";
import { allMetrics, hookMetrics } from "../src/metrics/table.ts";
import { expectOf, valueAt, withChoices } from "./promtool.ts";

const hasPromtool = await canRun("promtool");

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

it("the dashboard has a panel for every metric, and no two in one place", () => {
  const { panels } = JSON.parse(dashboardFile()) as { readonly panels: readonly Panel[] };
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  for (const { name } of allMetrics)
    expect([name, queries.some((query) => query.includes(`${name}{`) || query.includes(`${name}_bucket{`))]).toEqual([
      name,
      true,
    ]);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
});

it("has what Grafana's own schema requires of a dashboard and of each of its graphs", () => {
  const dashboard = JSON.parse(dashboardFile());
  expect(dashboard).toMatchObject({ annotations: { list: [] }, schemaVersion: 39, title: "Keyline", uid: "keyline" });
  const graphs = dashboard.panels.filter(({ type }: Panel) => type === "timeseries");
  expect(graphs.length).toBe(allMetrics.length);
  for (const { options } of graphs)
    expect(options).toEqual({
      legend: { calcs: [], displayMode: "list", placement: "bottom", showLegend: true },
      tooltip: { mode: "multi", sort: "desc" },
    });
});

it("is not edited in place, and chooses services by job and copies by instance", () => {
  const dashboard = JSON.parse(dashboardFile());
  expect(dashboard.editable).toBe(false);
  const [source, ...choosers] = dashboard.templating.list;
  expect(source).toMatchObject({ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" });
  expect(choosers.map(({ name, label }: { name: string; label: string }) => [name, label])).toEqual([
    ["job", "Job"],
    ["instance", "Instance"],
  ]);
  for (const chooser of choosers) {
    expect(chooser).toMatchObject({ type: "query", datasource: { uid: "$datasource" }, refresh: 2 });
    expect(chooser).toMatchObject({ includeAll: true, multi: true, allValue: ".+" });
  }
});

it("each query chooses its series by job and instance, wherever it names one", () => {
  for (const { expr } of allMetrics.flatMap(targetsOf)) {
    const named = expr.match(/\b(?:keyline_\w+|up)\b(?:\{[^}]*\})?/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    for (const series of named) expect(series).toContain('{job=~"$job",instance=~"$instance"}');
  }
});

it.runIf(hasPromtool)("the panels of what needs a hand show the first event of a process", async () => {
  const names = ["keyline_dead_lettered_total", "keyline_parked_total", "keyline_timer_dropped_total"];
  const rare = allMetrics.filter(({ name }) => names.includes(name));
  expect(rare).toHaveLength(names.length);
  for (const metric of rare) {
    const labels = metric.labels.map((label) => `${label}="a"`).join(",");
    const series = [
      { series: 'up{job="shop",instance="b"}', values: "1x90" },
      { series: `${metric.name}{job="shop",instance="b",${labels}}`, values: "_x9 1x80" },
    ];
    const [target] = targetsOf(metric);
    const expr = withChoices(target?.expr ?? "");
    const values = [
      [12, 1],
      [68, 1],
      [72, 0],
    ] as const;
    const expected = values.map(([minute, value]) => valueAt(minute, expr, value, `{${labels}}`));
    await expectOf("1m", series, expected);
  }
});

it("names of metrics are their own, and begin as all do", () => {
  const names = allMetrics.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, type } of hookMetrics) {
    expect(name).toMatch(/^keyline_[a-z_]+$/);
    // As promtool asks for.
    expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
  }
});
