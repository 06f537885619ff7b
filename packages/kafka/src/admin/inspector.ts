import { createClusters } from "../client/client.js";
import { type KafkaOptions, settingsOf } from "../client/options.js";
import { createQuestions } from "../client/questions.js";
import type { KafkaClient } from "../port.js";
import { groupRights, type Rights, topicRights } from "./authorized.js";

/** A broker, with what it reports about itself. */
export interface BrokerState {
  readonly address: string;
  /** Derived from the requests that it accepts, e.g. `4.1 or newer`: brokers do not report their version. */
  readonly version: string;
}

/** Reads the state of a cluster and changes nothing. Rejections are KeylineErrors with the transport's codes. */
export interface RightsInspector {
  brokers(): Promise<readonly BrokerState[]>;
  /** This user's rights on each topic. */
  rights(topics: readonly string[]): Promise<ReadonlyMap<string, Rights>>;
  /** This user's rights on each consumer group, whether it exists or not. */
  groupRights(groupIds: readonly string[]): Promise<ReadonlyMap<string, Rights>>;
  close(): Promise<void>;
}

/** Since which version a broker takes the request Fetch in a version. */
const fetchVersions = [
  [18, "4.1 or newer"],
  [17, "3.9 or 4.0"],
  [16, "3.7 or 3.8"],
  [15, "3.5 or 3.6"],
  [13, "3.1 to 3.4"],
  [12, "2.7 to 3.0"],
  [11, "2.3 to 2.6"],
] as const;
const fetchKey = 1;

function versionOf(versions: ReadonlyMap<number, number>): string {
  const newest = versions.get(fetchKey) ?? 0;
  return fetchVersions.find(([since]) => newest >= since)?.[1] ?? "older than 2.3";
}

/** Creates an inspector, which connects at the first use. Throws `options_invalid` for invalid options. */
export function createInspector(client: KafkaClient, options: KafkaOptions): RightsInspector {
  const settings = settingsOf(options);
  const clusters = createClusters(client, options, settings);
  const cluster = clusters.open();
  const { ask } = createQuestions(cluster, settings.requestTimeoutMs);

  return {
    brokers: () =>
      ask("ask for the brokers", async () => {
        const { brokers } = await cluster.metadata([]);
        return Promise.all(
          brokers.map(async ({ nodeId, host, port }) => {
            const version = versionOf(await cluster.broker(String(nodeId)).versions());
            return { address: `${host}:${port}`, version };
          }),
        );
      }),
    rights: (topics) => ask("ask for rights", () => topicRights(cluster, topics)),
    groupRights: (groupIds) =>
      ask("ask for rights to consumer groups", async () => {
        const asked = groupIds.map(async (groupId) => [groupId, await groupRights(cluster, groupId)] as const);
        return new Map(await Promise.all(asked));
      }),
    async close() {
      clusters.destroy();
    },
  };
}
