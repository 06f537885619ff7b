import { type MetricSample, type PrometheusRegistry, register } from "./metric.js";
import { type LaneFigures, type LaneMetric, laneMetrics } from "./table.js";

/** Registers the gauges of the lanes, which are read when the registry is. Throws where it has one of the names. */
export function registerLaneGauges(registry: PrometheusRegistry, read: () => Promise<readonly LaneFigures[]>): void {
  for (const metric of laneMetrics)
    register(registry, metric, { read: async () => samplesOf(metric, await read()), reset: () => undefined });
}

function samplesOf({ labels, samples, together }: LaneMetric, lanes: readonly LaneFigures[]): readonly MetricSample[] {
  const merged = new Map<string, { readonly values: readonly string[]; readonly amount: number }>();
  for (const sample of lanes.flatMap(samples)) {
    const name = JSON.stringify(sample.values);
    const before = merged.get(name)?.amount;
    const amount =
      before === undefined
        ? sample.amount
        : together === "sum"
          ? before + sample.amount
          : Math.max(before, sample.amount);
    merged.set(name, { values: sample.values, amount });
  }
  return [...merged.values()].map(({ values, amount }) => ({
    value: amount,
    labels: Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ""])),
  }));
}
