import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

/** The SDK as an app starts it, with exporters that keep everything. */
export function startSdk() {
  const exporter = new InMemorySpanExporter();
  const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  return {
    tracer: trace.getTracer("test"),
    /** Spans that have ended, in that order. */
    spans: (name?: string): readonly ReadableSpan[] =>
      exporter.getFinishedSpans().filter((span) => name === undefined || span.name === name),
    async metrics() {
      await reader.forceFlush();
      return (
        measured
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap(({ metrics: some }) => some) ?? []
      );
    },
    async stop() {
      await Promise.all([tracers.shutdown(), meters.shutdown()]);
      for (const api of [trace, metrics, context, propagation]) api.disable();
    },
  };
}

export const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId;
export const traceOf = (span: ReadableSpan | undefined) => span?.spanContext().traceId;
