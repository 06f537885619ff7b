import type { TopicPartition } from "@keyline/runtime";
import type { Admin } from "kafkajs";
import { disconnect, openCluster, persist } from "../client/cluster.js";
import { AssignerProtocol, Kafka } from "../client/kafkajs.js";
import { type KafkajsOptions, kafkaConfig, settingsOf } from "../client/options.js";
import type { KafkaBroker } from "../client/protocol.js";
import { mendRequestQueue } from "../client/request-queue.js";
import { trackSockets } from "../client/sockets.js";
import { assignerName } from "../consumer/assigner.js";
import { transportError } from "../errors.js";
import { type TopicRights, topicRights } from "./authorized.js";

/** A broker, and what it tells of itself. */
export interface BrokerState {
  readonly address: string;
  /** By the requests that it takes, e.g. `4.1 or newer`: brokers do not name their version. */
  readonly version: string;
}

/** A consumer group that reads some of the topics that were asked about. */
export interface MemberGroup {
  readonly groupId: string;
  /** How its members share partitions, e.g. `range`; Keyline's is `keyline-lanes`. Null where it has no members. */
  readonly assignor: string | null;
  readonly isKeyline: boolean;
  /** What each member has of the topics. */
  readonly members: readonly (readonly TopicPartition[])[];
}

/** Looks at a cluster and changes nothing. Rejections are KeylineErrors of the transport's codes. */
export interface RightsInspector {
  brokers(): Promise<readonly BrokerState[]>;
  /** What this user may do with each topic. */
  rights(topics: readonly string[]): Promise<ReadonlyMap<string, TopicRights>>;
  /** The groups whose members read any of the topics now, as far as this user may see groups. */
  groups(topics: readonly string[]): Promise<readonly MemberGroup[]>;
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

/** Groups that are described in one request. */
const groupsAtOnce = 100;

/** Connects when it is first used. Throws `options_invalid` for options that cannot work. */
export function kafkajsInspector(options: KafkajsOptions): RightsInspector {
  const settings = settingsOf(options);
  mendRequestQueue();
  const sockets = trackSockets();
  const kafka = new Kafka(kafkaConfig(options, settings, sockets.factory));
  const cluster = openCluster(kafka);
  const admin = kafka.admin();
  let connected: Promise<void> | null = null;

  const ask = async <Answer>(doing: string, question: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await persist(cluster, { withinMs: settings.requestTimeoutMs }, async () => {
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
    groups: (topics) =>
      ask("ask for consumer groups", async () => {
        connected ??= admin.connect();
        await connected;
        return groupsOf(admin, new Set(topics));
      }),
    async close() {
      await Promise.all([admin.disconnect().catch(() => undefined), disconnect(cluster)]);
      sockets.destroy();
    },
  };
}

async function groupsOf(admin: Admin, topics: ReadonlySet<string>): Promise<readonly MemberGroup[]> {
  const { groups } = await admin.listGroups();
  const ids = groups.filter(({ protocolType }) => protocolType === "consumer").map(({ groupId }) => groupId);
  const found: MemberGroup[] = [];
  for (let at = 0; at < ids.length; at += groupsAtOnce) {
    const described = await admin.describeGroups(ids.slice(at, at + groupsAtOnce));
    for (const { groupId, protocol, members } of described.groups) {
      const shares = members.map(({ memberAssignment }) => shareOf(memberAssignment, topics));
      if (shares.every((share) => share.length === 0)) continue;
      found.push({ groupId, assignor: protocol || null, isKeyline: protocol === assignerName, members: shares });
    }
  }
  return found;
}

function shareOf(bytes: Buffer, topics: ReadonlySet<string>): readonly TopicPartition[] {
  const decoded = bytes.length > 0 ? AssignerProtocol.MemberAssignment.decode(bytes) : null;
  return Object.entries(decoded?.assignment ?? {}).flatMap(([topic, partitions]) =>
    topics.has(topic) ? partitions.map((partition) => ({ topic, partition })) : [],
  );
}
