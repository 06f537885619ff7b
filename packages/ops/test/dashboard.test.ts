import { expect, it } from "vitest";
import { dashboardFile } from "../build/dashboard.ts";
import { allMetrics, hookMetrics } from "../src/metrics/table.ts";

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

it("names of metrics are their own, and begin as all do", () => {
  const names = allMetrics.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, type } of hookMetrics) {
    expect(name).toMatch(/^keyline_[a-z_]+$/);
    // As promtool asks for.
    expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
  }
});
