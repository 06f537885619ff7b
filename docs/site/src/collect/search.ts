import type { SourcePage } from "./page.js";

/**
 * How Pagefind ranks. It knows no weight of a title for one kind of pages, so titles count as the headings that they are on the
 * page, and those of pages that explain are among their words.
 */
export const searchRanking = { metaWeights: { title: 0, words: 4 } } as const;

/** What the words of a kind of pages count beside those of a guide: what is looked up by its name comes after what explains. */
const weights: Readonly<Record<string, number>> = {
  adr: 0.3,
  checks: 0.2,
  contract: 0.3,
  errors: 0.4,
  findings: 0.2,
  reference: 0.15,
  rules: 0.2,
};

/** What people call the subject of a page, where the page has other words for it. */
const words: Readonly<Record<string, string>> = {
  "README.md": "install licence license MIT getting started npm version what is Keyline",
  "guides/find-an-ordering-bug.md": "debug out of order wrong order",
  "guides/change-the-contract.md": "schema evolution breaking change compatibility versioning",
  "guides/kafka.md": "connect brokers SASL TLS SSL connection two copies scale",
  "guides/once.md": "exactly once idempotent idempotency deduplication duplicate",
  "guides/outbox.md": "transactional outbox dual write transactions",
  "guides/own-contract.md": "install getting started quick start tutorial",
  "guides/python-and-dapr.md": "python producer confluent-kafka Java Go other languages",
  "guides/questions.md": "FAQ limitations GDPR personal data avro protobuf",
  "guides/read-a-projection.md": "query state materialized view read model CQRS",
  "guides/what-can-be-generated.md": "avro protobuf schema registry",
  "guides/testing.md": "how do I test mock vitest jest unit test without Kafka without Docker testcontainers",
  "guides/tracing.md": "OpenTelemetry otel spans traceparent jaeger",
  "guides/where-it-runs.md": "jest nestjs nest commonjs require esm bundler bun deno node version typescript",
  "operations/alerts.md": "prometheus alertmanager lag",
  "operations/deploys.md":
    "graceful shutdown SIGTERM rolling deploy rebalance two copies run two instances replicas scale out zero downtime",
  "operations/failed-events.md": "dead letter DLQ dead-letter queue poison pill retry error handling handler throws",
  "operations/kubernetes.md": "k8s pod replicas instances probes liveness readiness graceful shutdown autoscaling",
  "operations/logs-and-traces.md": "logger logging pino winston",
  "operations/metrics.md": "consumer lag prometheus grafana health check lag",
  "operations/partitions.md": "scale throughput partition count hot key two copies",
  "operations/replaying.md": "reset offsets reprocess backfill restore backup",
  "operations/security.md": "ACL TLS SASL permissions authentication",
  "promises/README.md": "guarantees ordering exactly once at least once semantics what it does not promise",
  "promises/p1-key.md": "partition key message key record key",
  "promises/p2-partition.md": "partition key partitioner murmur2 hash",
  "promises/p4-call-order.md": "ordering idempotent producer acks retries",
  "promises/p6-causality.md": "how do I keep ordering across topics order over two topics causal happens-before",
  "promises/p7-failure.md": "handler throws retry backoff poison message dead letter",
  "promises/p8-effect-once.md": "exactly once semantics EOS transactions idempotent effectively once",
  "wire.md": "record headers keyline-after keyline-seq keyline-message keyline-cluster keyline-error format",
  "measured.md": "performance benchmark throughput latency speed",
};

/** What a page of the reference describes: a name that is not a word of its own, such as `createConsumer`. */
const nameOf = (path: string) =>
  /^reference\/.*\/(?:functions|interfaces|classes)\/(\w*[a-z][A-Z]\w*)\.md$/.exec(path)?.[1] ?? "";

/** Tells the search what a page weighs and by which words it is found too. Throws where words name a page that is not there. */
export function findable(pages: readonly SourcePage[]): readonly SourcePage[] {
  const missing = Object.keys(words).filter((path) => !pages.some((page) => page.path === path));
  if (missing.length > 0) throw new Error(`search words of pages that are not there: ${missing.join(", ")}`);
  return pages.map((page) => {
    const weight = weights[page.path.split("/", 1)[0] ?? ""];
    const own = words[page.path] ?? nameOf(page.path);
    const search = weight === undefined ? { weight: 1, words: `${page.title} ${own}`.trim() } : { weight, words: own };
    return { ...page, frontmatter: { ...page.frontmatter, search } };
  });
}
