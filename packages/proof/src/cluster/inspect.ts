import { type Contract, namedTopics } from "@keyline/contract";
import { isKeylineError, type Transport } from "@keyline/runtime";
import { deadLetterTopic } from "@keyline/runtime/tools";
import type { ClusterInspector, TopicState } from "@keyline/runtime/transport";
import { countWaiting } from "../dead-letters/count-waiting.js";
import { planScan } from "../scan/plan.js";
import { type GroupReport, groupFindings, type LaneTopics, reportGroup } from "./check-groups.js";
import { checkTopics } from "./check-topics.js";
import type { ClusterFinding } from "./kinds.js";

/** The result of checking a cluster's topics and groups. */
export interface ClusterReport {
  readonly findings: readonly ClusterFinding[];
  readonly groups: readonly GroupReport[];
  /** Dead-letter topics with records that wait for an operator. */
  readonly deadLetters: readonly { readonly topic: string; readonly records: number }[];
  /** Parts that could not be checked, with the reason; empty if all were. */
  readonly unseen: readonly string[];
}

/** How a cluster is checked. */
export interface InspectOptions {
  readonly contract: Contract;
  readonly transport: Transport;
  readonly inspector: ClusterInspector;
  /** The expected number of replicas instead of the contract's, for a small cluster. */
  readonly replicas?: number | undefined;
  /** The wall clock (milliseconds since 1970). Default `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Checks topics against the contract, and the groups that read them. Parts that it has no right to see are in the
 * report.
 */
export async function inspectCluster(options: InspectOptions): Promise<ClusterReport> {
  const { contract, transport, inspector, clock = Date.now } = options;
  const named = namedTopics(contract).filter(({ parameters }) => parameters.length === 0);
  const topics = contract.channels.flatMap(({ address, parameters }) => (parameters.length === 0 ? [address] : []));
  const unseen: string[] = [];
  const see = async <Seen>(what: string, question: Promise<Seen>, nothing: Seen): Promise<Seen> => {
    try {
      return await question;
    } catch (caught) {
      unseen.push(`${what}: ${isKeylineError(caught) ? caught.rawMessage : String(caught)}`);
      return nothing;
    }
  };
  const states = await see("topics", inspector.describe(named.map(({ address }) => address)), null);
  const found = states ?? new Map<string, TopicState>();
  const counts = new Map([...found.values()].map(({ name, partitions }) => [name, partitions]));
  const groups = await see("consumer groups", inspector.groups(topics), []);
  const reports: GroupReport[] = [];
  for (const group of groups) {
    const asked = reportGroup(transport, group, lanesOf(contract), counts, clock());
    const report = await see(`group ${group.groupId}`, asked, null);
    if (report !== null) reports.push(report);
  }
  const deadLetters = await see("dead letters", deadLettersOf(transport, topics), []);
  return {
    findings: [
      ...(states === null ? [] : checkTopics(named, states, { replicas: options.replicas })),
      ...reports.flatMap(groupFindings),
    ],
    ...{ groups: reports, deadLetters, unseen },
  };
}

const lanesOf = ({ domains, channels }: Contract): readonly LaneTopics[] =>
  domains.map(({ name }) => ({
    domain: name,
    topics: channels.filter(({ domain }) => domain === name).map(({ address }) => address),
  }));

async function deadLettersOf(transport: Transport, topics: readonly string[]): Promise<ClusterReport["deadLetters"]> {
  const { ranges, refused } = await planScan(transport, { topics: topics.map(deadLetterTopic) });
  const [first] = refused;
  if (first) throw new Error(`${first.topic}: ${first.reason}`);
  const counts = await countWaiting(transport, ranges);
  return [...counts].flatMap(([topic, records]) => (records > 0 ? [{ topic, records }] : []));
}
