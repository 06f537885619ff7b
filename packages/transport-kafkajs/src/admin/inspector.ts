import { createKafkajsClient } from "../client/client.js";
import { disconnect, retryOn } from "../client/cluster.js";
import { type KafkajsOptions, settingsOf } from "../client/options.js";
import type { KafkaBroker } from "../client/protocol.js";
import { transportError } from "../errors.js";
import { groupRights, type Rights, topicRights } from "./authorized.js";

/** A broker, and what it tells of itself. */
export interface BrokerState {
  readonly address: string;
  /** By the requests that it takes, e.g. `4.1 or newer`: brokers do not name their version. */
  readonly version: string;
}

/** Looks at a cluster and changes nothing. Rejections are KeylineErrors of the transport's codes. */
export interface RightsInspector {
  brokers(): Promise<readonly BrokerState[]>;
  /** What this user may do with each topic. */
  rights(topics: readonly string[]): Promise<ReadonlyMap<string, Rights>>;
  /** What this user may do with each consumer group, whether it is there or not. */
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

function versionOf({ versions }: KafkaBroker): string {
  const newest = versions?.[fetchKey]?.maxVersion ?? 0;
  return fetchVersions.find(([since]) => newest >= since)?.[1] ?? "older than 2.3";
}

/** Connects when it is first used. Throws `options_invalid` for options that cannot work. */
export function createKafkajsInspector(options: KafkajsOptions): RightsInspector {
  const settings = settingsOf(options);
  const client = createKafkajsClient(options, settings);
  const cluster = client.open();

  const ask = async <Answer>(doing: string, question: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await retryOn(cluster, { withinMs: settings.requestTimeoutMs }, async () => {
        await cluster.refreshMetadata();
        return question();
      });
    } catch (caught) {
      throw transportError(caught, doing);
    }
  };

  return {
    brokers: () =>
      ask("ask for the brokers", async () => {
        const { brokers } = await (await cluster.findControllerBroker()).metadata([]);
        return Promise.all(
          brokers.map(async ({ nodeId, host, port }) => {
            const broker = await cluster.findBroker({ nodeId: String(nodeId) });
            return { address: `${host}:${port}`, version: versionOf(broker) };
          }),
        );
      }),
    rights: (topics) => ask("ask for rights", async () => topicRights(await cluster.findControllerBroker(), topics)),
    groupRights: (groupIds) =>
      ask("ask for rights to consumer groups", async () => {
        const asked = groupIds.map(async (groupId) => [groupId, await groupRights(cluster, groupId)] as const);
        return new Map(await Promise.all(asked));
      }),
    async close() {
      await disconnect(cluster);
      client.destroy();
    },
  };
}
