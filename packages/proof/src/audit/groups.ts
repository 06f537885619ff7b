import { placements } from "@keyline/runtime/tools";
import { type RecordKind, recordKinds } from "./kinds.js";
import { type ProducerState, reportOf } from "./producers.js";
import { movedRemedy, placementRemedy, remedyOf, type UnknownPlacement } from "./remedies.js";
import type { FindingGroup, ProducerReport, RecordFinding } from "./report.js";

/** How many examples of each kind and producer are kept. */
const mostExamples = 3;
/** Topics of a group that are counted by themselves. */
const mostTopics = 50;

interface Group {
  readonly kind: RecordKind;
  readonly producer: ProducerState;
  readonly examples: RecordFinding[];
  readonly topics: Map<string, number>;
  count: number;
  firstMs: number;
  lastMs: number;
}

/** Findings by kind and producer: so many at most as there are of both together, whatever the log's size. */
export interface Groups {
  add(finding: RecordFinding, producer: ProducerState): void;
  /** `producers` says what is known of each. */
  report(producers: ReadonlyMap<ProducerState, ProducerReport>): readonly FindingGroup[];
}

export function createGroups(): Groups {
  // Invariant: each finding that was added is counted in the one group of its kind and producer, whose examples are
  // the first of them.
  const groups = new Map<ProducerState, Map<RecordKind, Group>>();

  const groupOf = (kind: RecordKind, producer: ProducerState): Group => {
    const own = groups.get(producer) ?? new Map<RecordKind, Group>();
    groups.set(producer, own);
    const found = own.get(kind);
    if (found) return found;
    const made: Group = {
      ...{ kind, producer, examples: [], topics: new Map<string, number>() },
      ...{ count: 0, firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY },
    };
    own.set(kind, made);
    return made;
  };

  return {
    add(finding, producer) {
      const group = groupOf(finding.kind, producer);
      group.count += 1;
      group.firstMs = Math.min(group.firstMs, finding.timestampMs);
      group.lastMs = Math.max(group.lastMs, finding.timestampMs);
      const topic = group.topics.size < mostTopics || group.topics.has(finding.topic) ? finding.topic : "others";
      group.topics.set(topic, (group.topics.get(topic) ?? 0) + 1);
      if (group.examples.length < mostExamples) group.examples.push(finding);
    },
    report: (producers) =>
      [...groups.values()]
        .flatMap((own) => [...own.values()])
        .map((group) => describe(group, producers.get(group.producer) ?? reportOf(group.producer)))
        .sort((one, other) => rank(one) - rank(other) || other.count - one.count),
  };
}

const rank = ({ severity }: FindingGroup) => (severity === "finding" ? 0 : 1);

function describe(group: Group, report: ProducerReport): FindingGroup {
  const { kind, producer, count, topics, examples, firstMs, lastMs } = group;
  const { promise, severity, title } = recordKinds[kind];
  return {
    ...{ kind, promise, severity, title, producer: producer.name, count },
    share: producer.records === 0 ? 0 : count / producer.records,
    topics: [...topics].map(([topic, some]) => ({ topic, count: some })).sort((one, other) => other.count - one.count),
    ...{ examples, firstMs, lastMs },
    culprit: kind === "wrong-partition" ? strayCulprit(report) : producer.name,
    fix: kind === "wrong-partition" ? strayRemedy(group, report) : remedyOf(kind, producer.client),
  };
}

/** Below it a remedy is a guess, and says so. */
const sureEnough = 0.99;

function strayRemedy({ producer }: Group, report: ProducerReport): string {
  const { client, domain } = producer;
  // What it marks it has placed: what moved it left the marks.
  if (client === "keyline") return movedRemedy;
  const [verdict] = report.placements;
  const remedy = placementRemedy(verdict?.placement ?? unknownPlacementOf(report), domain?.partitioner ?? "murmur2");
  return verdict && verdict.confidence < sureEnough ? `probably: ${remedy}` : remedy;
}

/** So many keys, or fewer, fit some partitioner by chance. */
const fewKeys = 5;

function unknownPlacementOf({ sampledKeys, strayPartition }: ProducerReport): UnknownPlacement {
  if (sampledKeys < fewKeys) return "few";
  return strayPartition === null ? "none" : "fixed";
}

/** Which client a producer of strays is, by where they lie. */
export function strayCulprit(report: ProducerReport): string {
  const { name, placements: verdicts, sampledKeys, strayPartition } = report;
  if (verdicts.length === 0) {
    const how = {
      few: ", too few to identify the partitioner",
      fixed: ` lie on partition ${strayPartition} alone, by no partitioner`,
      none: " lie by no known client's partitioner",
    }[unknownPlacementOf(report)];
    return `${name}: ${keys(sampledKeys)}${how}`;
  }
  const parts = verdicts.map(({ placement, share, confidence }) => {
    const much =
      verdicts.length === 1 && share > 0.95 ? keys(sampledKeys) : `${percent(share)} of ${keys(sampledKeys)}`;
    const { users } = placements[placement];
    return `${much} lie where ${placement} puts them (${users}), ${percent(confidence)} sure`;
  });
  return `${name}: ${parts.join("; ")}`;
}

const keys = (count: number) => `${count} ${count === 1 ? "key" : "different keys"}`;

const percent = (share: number) => (share > 0.999 ? "over 99.9 %" : `${(share * 100).toFixed(share > 0.99 ? 1 : 0)} %`);
