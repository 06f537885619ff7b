import type { Attributes, Meter } from "@opentelemetry/api";
import { type KnownOperation, names } from "./conventions.js";

/** Metrics of the conventions. No id and no key is ever an attribute of one, nor is a partition. */
export interface Measures {
  /** A send has ended. */
  sent(operation: KnownOperation, startedMs: number, errorType: string | null): void;
  /** What a fetch brought was taken in. */
  received(operation: KnownOperation, startedMs: number, records: number): void;
  /** An attempt has ended. */
  processed(operation: KnownOperation, startedMs: number, errorType: string | null): void;
}

/** The bounds that the conventions name, in seconds. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * The meter is asked for with the first measurement: an SDK that is started after this has its metrics all the same.
 *
 * Invariant: `instruments` are those of the first meter that was asked for.
 */
export function createMeasures(meter: () => Meter): Measures {
  let instruments: ReturnType<typeof instrumentsOf> | null = null;
  const measured = () => {
    instruments ??= instrumentsOf(meter());
    return instruments;
  };
  return {
    sent(operation, startedMs, errorType) {
      const attributes = withError(operation, errorType);
      measured().sent.add(1, attributes);
      measured().operation.record(secondsSince(startedMs), attributes);
    },
    received({ attributes }, startedMs, records) {
      measured().consumed.add(records, attributes);
      measured().operation.record(secondsSince(startedMs), attributes);
    },
    processed(operation, startedMs, errorType) {
      measured().processing.record(secondsSince(startedMs), withError(operation, errorType));
    },
  };
}

const secondsSince = (startedMs: number) => (performance.now() - startedMs) / 1000;

const withError = ({ attributes }: KnownOperation, errorType: string | null): Attributes =>
  errorType === null ? attributes : { ...attributes, [names.errorType]: errorType };

function instrumentsOf(meter: Meter) {
  const seconds = { unit: "s", advice: { explicitBucketBoundaries: boundaries } };
  return {
    operation: meter.createHistogram("messaging.client.operation.duration", {
      ...seconds,
      description: "Duration of a send, or of taking in what a fetch brought",
    }),
    sent: meter.createCounter("messaging.client.sent.messages", {
      unit: "{message}",
      description: "Events that were sent, or failed to be",
    }),
    consumed: meter.createCounter("messaging.client.consumed.messages", {
      unit: "{message}",
      description: "Records that fetches brought",
    }),
    processing: meter.createHistogram("messaging.process.duration", {
      ...seconds,
      description: "Duration of an attempt to process an event",
    }),
  };
}
