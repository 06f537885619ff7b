import type { Tracing } from "@keyline/runtime/tracing";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { context, type MeterProvider, metrics, type TracerProvider, trace } from "@opentelemetry/api";
import { headersOf } from "./carriers.js";
import { createMeasures } from "./measures.js";
import { processing } from "./process.js";
import { receiving } from "./receive.js";
import { sending } from "./send.js";

/** What is traced, and by which SDK. */
export interface TracingOptions {
  /**
   * Writes each record's key to its spans (`messaging.kafka.message.key`). Default false: a key usually identifies a
   * person, and traces are kept longer and read by more people than topics.
   */
  readonly keys?: boolean;
  /**
   * Writes the messages of errors to the status of spans. Default false: the status has only the error's code. Messages
   * quote the app's errors, and some quote keys.
   */
  readonly messages?: boolean;
  /** Default: the provider that the SDK registered with the API. Without one there are no spans. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the provider that the SDK registered with the API. Without one there are no metrics. */
  readonly meterProvider?: MeterProvider;
}

const names: NamesOf<TracingOptions> = { keys: true, messages: true, tracerProvider: true, meterProvider: true };

/** The name under which spans and metrics are made, as the SDK knows it. */
const scope = "@keyline/opentelemetry";
const version = "0.1.0";

/**
 * Creates spans and metrics of OpenTelemetry: pass it as `tracing` to all producers, consumers and projections. Spans
 * and metrics follow the semantic conventions for messaging, version 1.44. The propagator that is registered with the
 * API, by default W3C's, reads and writes contexts. Throws `options_invalid` for an unknown option.
 */
export function createTracing(options: TracingOptions = {}): Tracing {
  checkNames("cannot trace", options, names);
  const tracer = (options.tracerProvider ?? trace).getTracer(scope, version);
  const measures = createMeasures(() => (options.meterProvider ?? metrics).getMeter(scope, version));
  const told = { keys: options.keys ?? false, messages: options.messages ?? false };
  return {
    active: () => headersOf(context.active()),
    send: sending(tracer, measures, told),
    receive: receiving(tracer, measures),
    process: processing(tracer, measures, told),
  };
}
