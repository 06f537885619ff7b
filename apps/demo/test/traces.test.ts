import { createTracing } from "@keyline/opentelemetry";
import { createPgliteStore } from "@keyline/postgres";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import { createProjector } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createConsumer } from "@student-events/consumer";
import { topics } from "@student-events/events";
import { createProducer } from "@student-events/producer";
import { progress } from "@student-events/progress";
import { struggle } from "@student-events/struggle";
import { expect, test } from "vitest";

/** The SDK as an app starts it. */
function startSdk() {
  const exporter = new InMemorySpanExporter();
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  return exporter;
}

function classCluster() {
  const cluster = createMemoryCluster();
  for (const { address, partitions } of Object.values(topics)) {
    for (const name of [address, `${address}.dlq`]) cluster.createTopic(name, { partitions: partitions ?? 1 });
  }
  return cluster;
}

/** The spans of a trace as a tree: a line for each, below what it is a child of. */
function treeOf(spans: readonly ReadableSpan[], parent?: string, depth = 0): string[] {
  return spans
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
    .flatMap((span) => {
      const app = span.attributes["messaging.consumer.group.name"];
      const line = `${"  ".repeat(depth)}${span.name}${app ? ` (${app})` : ""}`;
      return [[line, ...treeOf(spans, span.spanContext().spanId, depth + 1)]];
    })
    .toSorted()
    .flat();
}

test("one trace leads from a request through three apps, and says what each did", async () => {
  const exporter = startSdk();
  const cluster = classCluster();
  await using database = await emptyDatabase();
  const tracing = createTracing();
  const run = (projection: typeof progress | typeof struggle) => {
    const store = createPgliteStore({ database, schema: projection.name });
    return createProjector({ projection, transport: cluster.transport(), store, tracing });
  };
  await using progressApp = run(progress);
  await using struggleApp = run(struggle);
  const { promise: bothSeen, resolve } = Promise.withResolvers<void>();
  const seen: string[] = [];
  const see = (what: string) => {
    trace.getTracer("teacher").startSpan(`show ${what}`).end();
    if (seen.push(what) === 2) resolve();
  };
  await using teacher = createConsumer({
    ...{ transport: cluster.transport(), groupId: "teacher", tracing },
    on: { learningProgress: () => see("progress"), struggleDetected: () => see("struggle") },
  });
  await using producer = createProducer({ transport: cluster.transport(), source: "quizzes", tracing });
  await Promise.all([progressApp.start(), struggleApp.start(), teacher.start()]);

  await trace.getTracer("http").startActiveSpan("POST /quizzes", async (request) => {
    const payload = { quiz_attempt_id: 7, module: "oop", score: 20, correct_count: 2, total_count: 10 } as const;
    await producer.learningQuiz({ student_id: 42, payload });
    request.end();
  });
  await bothSeen;
  await Promise.all([progressApp.caughtUp(), struggleApp.caughtUp(), teacher.caughtUp()]);

  const [request] = exporter.getFinishedSpans().filter(({ name }) => name === "POST /quizzes");
  const spans = exporter
    .getFinishedSpans()
    .filter((span) => span.spanContext().traceId === request?.spanContext().traceId);
  expect(treeOf(spans)).toEqual([
    "POST /quizzes",
    "  send learning.quiz",
    "    process learning.quiz (progress)",
    "      send learning.progress",
    "        process learning.progress (teacher)",
    "          show progress",
    "    process learning.quiz (struggle)",
    "      send struggle.detected",
    "        process struggle.detected (teacher)",
    "          show struggle",
  ]);
});
