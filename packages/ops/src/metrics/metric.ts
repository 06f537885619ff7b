import type { MetricAbout } from "./table.js";

/** A value of a metric, with its labels. */
export interface MetricSample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Where it is not the metric's own: the parts of a histogram. */
  readonly metricName?: string;
}

/** What a registry of prom-client asks of a metric that is registered with it. */
export interface RegisteredMetric {
  name: string;
  readonly help: string;
  readonly type: string;
  get(): Promise<{
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly aggregator: string;
    readonly values: readonly MetricSample[];
  }>;
  reset(): void;
}

/**
 * The part of prom-client's `Registry` that is used: metrics are registered with it, and it prints them. It is a
 * separate type, so that this package needs no prom-client and accepts the service's own.
 */
export interface PrometheusRegistry {
  /** Typed so that prom-client's own method, whose parameter is the class of its metrics, is accepted. */
  registerMetric(metric: never): void;
  metrics(): Promise<string>;
  readonly contentType: string;
}

/** A metric that receives its values. */
export interface ToldMetric {
  tell(values: readonly string[], amount: number): void;
}

/** Registers a metric. Throws where the registry has one of that name. */
export function register(
  registry: PrometheusRegistry,
  { name, help, type }: MetricAbout,
  parts: { read(name: string): readonly MetricSample[] | Promise<readonly MetricSample[]>; reset(): void },
): void {
  const metric: RegisteredMetric = {
    name,
    help,
    type,
    // The registry may change the name: OpenMetrics has its own for counters.
    async get() {
      return { name: this.name, help, type, aggregator: "sum", values: await parts.read(this.name) };
    },
    reset: parts.reset,
  };
  (registry.registerMetric as (metric: RegisteredMetric) => void).call(registry, metric);
}

const labelled = (labels: readonly string[], values: readonly string[]) =>
  Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ""]));

// Separates values where they are joined: no topic's or group's name has it.
const separator = "\u0000";
const nameOf = (values: readonly string[]) => values.join(separator);
const valuesOf = (name: string) => name.split(separator);

/**
 * Registers a counter, or a gauge, that receives its values.
 *
 * Invariant: `amounts` has the value of each combination of labels that was reported; a metric without labels begins with 0.
 */
export function registerNumber(registry: PrometheusRegistry, about: MetricAbout): ToldMetric {
  const amounts = new Map<string, number>();
  const adds = about.type === "counter";
  const reset = () => {
    amounts.clear();
    if (about.labels.length === 0) amounts.set("", 0);
  };
  reset();
  register(registry, about, {
    reset,
    read: () => [...amounts].map(([name, value]) => ({ value, labels: labelled(about.labels, valuesOf(name)) })),
  });
  return {
    tell(values, amount) {
      const name = nameOf(values);
      amounts.set(name, adds ? (amounts.get(name) ?? 0) + amount : amount);
    },
  };
}

/** Upper bounds of what a histogram counts, in seconds. */
export const buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] as const;

/** What a histogram has of one combination of labels. */
interface Distribution {
  /** Of each bucket, and last of what is above all of them, how many values fell into it and into none below. */
  readonly counts: number[];
  sum: number;
}

const nothingYet = (): Distribution => ({ counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 });

/**
 * Registers a histogram of seconds.
 *
 * Invariant: `told` has the values of each combination of labels that was reported; a metric without labels begins with none.
 */
export function registerHistogram(registry: PrometheusRegistry, about: MetricAbout): ToldMetric {
  const told = new Map<string, Distribution>();
  const reset = () => {
    told.clear();
    if (about.labels.length === 0) told.set("", nothingYet());
  };
  reset();
  register(registry, about, {
    reset,
    read: (name) =>
      [...told].flatMap(([values, distribution]) =>
        partsOf(name, labelled(about.labels, valuesOf(values)), distribution),
      ),
  });
  return {
    tell(values, amount) {
      const own = told.get(nameOf(values)) ?? nothingYet();
      told.set(nameOf(values), own);
      const bucket = buckets.findIndex((bound) => amount <= bound);
      const at = bucket < 0 ? buckets.length : bucket;
      own.counts[at] = (own.counts[at] ?? 0) + 1;
      own.sum += amount;
    },
  };
}

/** A histogram as Prometheus has it: its buckets from below, its sum, its count. */
function partsOf(name: string, labels: MetricSample["labels"], { counts, sum }: Distribution): readonly MetricSample[] {
  let below = 0;
  const bounds = [...buckets, "+Inf"].map((le, index) => {
    below += counts[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
  });
  return [
    ...bounds,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: below },
  ];
}
