import { allMetrics, type MetricAbout, type MetricSection } from "../src/metrics/table.ts";
import { counted } from "./counted.ts";

const titles: Readonly<Record<MetricSection, string>> = {
  handling: "Handling: is everything read?",
  failures: "Failures: what needs a hand?",
  order: "Order: what is told of records",
  lanes: "Lanes: which copy does what",
  cluster: "Cluster",
  sending: "Sending",
  outbox: "Outbox: is everything published?",
};

/** What a panel shows: a query, and the names of its lines. */
interface Target {
  readonly expr: string;
  readonly legend: string;
}

const legendOf = (labels: readonly string[]) => labels.map((label) => `{{${label}}}`).join(" ");
const chosen = '{job=~"$job",instance=~"$instance"}';

/** The queries of a metric, by its type. */
export function targetsOf({ name, type, labels, isRare }: MetricAbout): readonly Target[] {
  if (type === "histogram") {
    const apart = ["job", ...labels];
    return [0.5, 0.99].map((quantile) => ({
      expr: `histogram_quantile(${quantile}, sum by (${[...apart, "le"].join(", ")}) (rate(${name}_bucket${chosen}[$__rate_interval])))`,
      legend: `${legendOf(apart)} p${quantile * 100}`,
    }));
  }
  // One line for each partition is too many.
  const shown = labels.filter((label) => label !== "partition");
  const by = shown.length > 0 ? shown : ["job"];
  const legend = legendOf(by);
  // A rate does not show the first events of a process. Steps of a minute are fine enough for an hour, and cost less over days.
  if (isRare) {
    const expr = counted({ counter: `${name}${chosen}`, up: `up${chosen}`, within: "1h", step: "1m", by });
    return [{ expr, legend }];
  }
  if (type === "counter")
    return [{ expr: `sum by (${by.join(", ")}) (rate(${name}${chosen}[$__rate_interval]))`, legend }];
  // Every copy reads one figure of what is the same for all of them.
  const isShared = /_wrong$|^keyline_(unread|outbox)_/.test(name);
  const together = name.endsWith("_seconds") || isShared ? "max" : "sum";
  return [{ expr: `${together} by (${by.join(", ")}) (${name}${chosen})`, legend }];
}

function unitOf({ name, type, isRare }: MetricAbout): string {
  if (isRare) return "short";
  if (name.endsWith("_seconds")) return "s";
  if (/_bytes(_total)?$/.test(name)) return type === "counter" ? "Bps" : "bytes";
  return type === "counter" ? "cps" : "short";
}

const titleOf = ({ name }: MetricAbout) => {
  const words = name
    .replace(/^keyline_/, "")
    .replace(/_total$/, "")
    .replace(/_seconds$/, "_time")
    .replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
};

const datasource = { type: "prometheus", uid: "$datasource" };
const [width, height, columns] = [8, 7, 3];

/** The dashboard for Grafana: a row for each section of the table, a panel for each metric. */
export function dashboardFile(): string {
  let y = 0;
  const panels = Object.entries(titles).flatMap(([section, title]) => {
    const row = { type: "row", title, collapsed: false, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] };
    const own = allMetrics.filter((metric) => metric.section === section);
    const shown = own.map((metric, index) => panelOf(metric, index, y + 1));
    y += 1 + Math.ceil(own.length / columns) * height;
    return [row, ...shown];
  });
  const numbered = panels.map((panel, index) => ({ id: index + 1, ...panel }));
  return `${JSON.stringify({ ...frame, panels: numbered }, null, 2)}\n`;
}

function panelOf(metric: MetricAbout, index: number, top: number) {
  const at = { x: (index % columns) * width, y: top + Math.floor(index / columns) * height, w: width, h: height };
  return {
    type: "timeseries",
    title: titleOf(metric),
    description: `${metric.name}${metric.isRare ? ", within the hour before" : ""}: ${metric.meaning}`,
    datasource,
    gridPos: at,
    fieldConfig: { defaults: { unit: unitOf(metric), min: 0 }, overrides: [] },
    options: {
      legend: { calcs: [], displayMode: "list", placement: "bottom", showLegend: true },
      tooltip: { mode: "multi", sort: "desc" },
    },
    targets: targetsOf(metric).map(({ expr, legend }, number) => ({
      refId: String.fromCharCode(65 + number),
      datasource,
      expr,
      legendFormat: legend,
    })),
  };
}

/** A variable of the dashboard: which values of a label are shown. */
const chooserOf = (name: string, label: string, series: string) => ({
  name,
  label,
  type: "query",
  datasource,
  query: { query: `label_values(${series}, ${name})`, refId: name },
  refresh: 2,
  includeAll: true,
  multi: true,
  allValue: ".+",
  current: { text: "All", value: "$__all" },
});

const frame = {
  uid: "keyline",
  title: "Keyline",
  description: "Generated from packages/ops/src/metrics/table.ts: node packages/ops/build/write.ts",
  tags: ["keyline", "kafka"],
  schemaVersion: 39,
  // Changes would be lost with the next version: a copy can be edited.
  editable: false,
  refresh: "30s",
  time: { from: "now-1h", to: "now" },
  annotations: { list: [] },
  templating: {
    list: [
      { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
      chooserOf("job", "Job", "keyline_lanes_owned"),
      chooserOf("instance", "Instance", 'keyline_lanes_owned{job=~"$job"}'),
    ],
  },
};
