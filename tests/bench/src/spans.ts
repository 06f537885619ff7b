import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createTracing } from "@keyline/opentelemetry";
import { context, createNoopMeter, propagation, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { NoopSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

/** Microseconds of processor time that one event takes, in the round that was disturbed least. */
export interface SpanCosts {
  /** One sampled span as an app makes it by hand around a handler, with the attributes that the conventions ask for. */
  readonly byHand: number;
  readonly sent: number;
  /** With its part of the span of its batch. */
  readonly processed: number;
}

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const id = "0b0c3f6e-1111-4222-8333-444455556666";
const event = { key: "7", eventId: id, correlationId: id };
const text = (content: string) => Buffer.from(content);
const record = {
  ...{ topic: "code.executed", partition: 3, offset: 4711, key: text("7"), value: text("{}"), timestampMs: 1 },
  headers: [
    ["content-type", text("application/cloudevents+json; charset=UTF-8")],
    ["keyline-message", text("code.executed")],
    ["traceparent", text(traceparent)],
    ["keyline-cluster", text("some-cluster")],
  ] as const,
};
const batch = {
  groupId: "bench",
  topic: record.topic,
  partition: 3,
  records: Array.from({ length: 500 }, () => record),
};

/** Spans of `@keyline/opentelemetry` beside one of the SDK, in turn. Every span is sampled, and none is kept. */
function spanCosts(rounds: number, events = 2000): SpanCosts {
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  const tracerProvider = new TracerProvider({ spanProcessors: [new NoopSpanProcessor()] });
  const tracing = createTracing({ tracerProvider, meterProvider: { getMeter: createNoopMeter } });
  const tracer = tracerProvider.getTracer("by hand");
  const remote = { traceId, spanId: "b7ad6b7169203331", traceFlags: 1, isRemote: true };
  const parent = trace.setSpanContext(context.active(), remote);
  const handler = () => undefined;

  const byHand = () => {
    const attributes = {
      "messaging.system": "kafka",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.destination.name": record.topic,
      "messaging.destination.partition.id": "3",
      "messaging.kafka.offset": record.offset,
      "messaging.consumer.group.name": "bench",
      "messaging.message.id": id,
      "messaging.message.conversation_id": id,
    };
    const options = { kind: SpanKind.CONSUMER, attributes };
    tracer.startActiveSpan("process code.executed", options, parent, (span) => {
      handler();
      span.end();
    });
  };
  const send = () => tracing.send({ ...event, topic: record.topic, cause: null, isStored: false }).sent(record);
  const process = () => {
    const attempt = { ...event, groupId: "bench", record, traceparent, tracestate: null, attempt: 1, hold: null };
    const span = tracing.process(attempt);
    span.run(handler);
    span.end({ as: "handled" });
  };
  const receive = () => {
    tracing.receive(batch).end();
    for (const _ of batch.records) process();
  };
  const [bare, sent, processed] = leastCosts(rounds, events, [
    { run: byHand, events: 1 },
    { run: send, events: 1 },
    { run: receive, events: batch.records.length },
  ]);
  return { byHand: bare ?? Number.NaN, sent: sent ?? Number.NaN, processed: processed ?? Number.NaN };
}

/** What else runs on a machine only ever adds to what a process spends. */
function leastCosts(
  rounds: number,
  events: number,
  sides: readonly { readonly run: () => void; readonly events: number }[],
): readonly number[] {
  const least = sides.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { run, events: each }] of sides.entries()) {
      const before = globalThis.process.cpuUsage();
      for (let done = 0; done < events; done += each) run();
      const { user, system } = globalThis.process.cpuUsage(before);
      least[index] = Math.min(least[index] ?? 0, (user + system) / events);
    }
  }
  return least;
}

/** Prints what is measured here. */
export function print(): void {
  globalThis.process.stdout.write(JSON.stringify(spanCosts(50)));
}

/** Measures in a process of its own, which has nothing but the bundle: what bundled it slows what runs beside it. */
export async function main(): Promise<number> {
  const script = `import(${JSON.stringify(import.meta.url)}).then(({ print }) => print())`;
  const { stdout } = await promisify(execFile)(globalThis.process.execPath, ["--eval", script]);
  globalThis.process.stdout.write(stdout);
  return 0;
}

/** The same, for other programs. */
export async function measureSpans(): Promise<SpanCosts> {
  const program = fileURLToPath(new URL("../bin/spans.js", import.meta.url));
  const { stdout } = await promisify(execFile)(globalThis.process.execPath, [program]);
  return JSON.parse(stdout) as SpanCosts;
}
