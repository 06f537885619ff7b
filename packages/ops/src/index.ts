// What a service on Keyline needs to be operated: metrics, logs, health pages, and an orderly end.

export { type HealthHandler, type HealthOptions, health } from "./health/health.ts";
export { type HealthServer, type ServeHealthOptions, serveHealth } from "./health/serve-health.ts";
export { allHooks } from "./hooks/all-hooks.ts";
export { type LogOptions, logHooks } from "./logs/log-hooks.ts";
export type { Level, LoggerLike, LoggerShape } from "./logs/loggers.ts";
export type { PrometheusRegistry } from "./metrics/metric.ts";
export { prometheusHooks } from "./metrics/prometheus-hooks.ts";
export {
  type EndSignal,
  type Running,
  type RunOptions,
  runUntilSignal,
  type SignalledProcess,
} from "./shutdown/run-until-signal.ts";
