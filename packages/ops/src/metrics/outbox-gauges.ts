import { type PrometheusRegistry, register } from "./metric.js";
import { type OutboxFigures, outboxMetrics } from "./table.js";

/**
 * Registers the gauges of an outbox, which is asked when the registry is read; while it does not answer they have no value.
 * Throws where the registry has one of the names.
 */
export function registerOutboxGauges(registry: PrometheusRegistry, read: () => Promise<OutboxFigures | null>): void {
  for (const metric of outboxMetrics)
    register(registry, metric, {
      async read() {
        const figures = await read();
        return figures === null ? [] : [{ value: metric.amount(figures), labels: {} }];
      },
      reset: () => undefined,
    });
}
