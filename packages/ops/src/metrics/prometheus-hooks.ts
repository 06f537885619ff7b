import type { Hooks } from "@keyline/runtime";
import { allHooks } from "../hooks/all-hooks.js";
import { type PrometheusRegistry, registerHistogram, registerNumber } from "./metric.js";
import { type HookMetric, hookMetrics } from "./table.js";

/**
 * Registers Keyline's metrics with a `Registry` of prom-client, and returns the hooks that fill them: pass them to
 * every producer, consumer and projector of the process. docs/operations/metrics.md has the meaning of each. Keys and
 * ids never become labels. `health` registers the metrics of lanes: lag, lanes owned.
 *
 * Call it once for a registry: it throws if the registry has a metric with one of the names.
 */
export function prometheusHooks(registry: PrometheusRegistry): Hooks {
  return allHooks(...hookMetrics.map((metric) => hookOf(registry, metric)));
}

function hookOf(registry: PrometheusRegistry, metric: HookMetric): Hooks {
  const told = (metric.type === "histogram" ? registerHistogram : registerNumber)(registry, metric);
  return {
    [metric.hook]: (event: unknown) => {
      if (metric.counts(event)) told.tell(metric.values(event), metric.amount(event));
    },
  };
}
