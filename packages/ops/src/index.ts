// What a service on Keyline needs to be operated: metrics, logs, health pages, and an orderly end.

export { type HealthHandler, type HealthOptions, health, type WatchedOutbox } from "./health/health.js";
export { type HealthServer, type ServeHealthOptions, serveHealth } from "./health/serve-health.js";
export { allHooks } from "./hooks/all-hooks.js";
export { type LogOptions, logHooks } from "./logs/log-hooks.js";
export type { Level, LoggerLike, LoggerShape } from "./logs/loggers.js";
export { type RelayLogHooks, type RelayLogOptions, relayLogHooks } from "./logs/relay-log-hooks.js";
export type { PrometheusRegistry } from "./metrics/metric.js";
export { prometheusHooks } from "./metrics/prometheus-hooks.js";
export type { OutboxFigures } from "./metrics/table.js";
export {
  type EndSignal,
  type Running,
  type RunOptions,
  runUntilSignal,
  type SignalledProcess,
} from "./shutdown/run-until-signal.js";
