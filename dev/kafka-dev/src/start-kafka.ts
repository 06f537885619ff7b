import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { adviceOn, needs } from "@keyline/needs";
import { aliveBrokers } from "./ask.ts";
import { brokerJars } from "./broker-jars.ts";
import { dataOf, formatNode, logTail, type NodeOptions, type NodeProcess, startNode } from "./node-process.ts";
import { freePorts, mustBeFree } from "./ports.ts";
import { type ClusterSetup, type NodePorts, nodeProperties } from "./properties.ts";

const repository = join(import.meta.dirname, "../../..");

/** Where jars and the data of `npm run kafka` lie; git ignores it. */
export const defaultFolder = join(repository, ".keyline/kafka");

export interface KafkaOptions {
  /** One, or three with replication factor 3 and `min.insync.replicas` 2. Default 1. */
  readonly brokers?: 1 | 3;
  /** The first broker's port; the others follow. Default free ones. */
  readonly port?: number;
  /** Where data is kept. Default a temporary folder, which goes when the cluster is stopped. */
  readonly dataDir?: string;
  /** Opens a further listener that asks for credentials: their names and passwords. */
  readonly users?: Readonly<Record<string, string>>;
  /** Opens a further listener that speaks TLS, and asks for a certificate of the authority of {@link certificates}. Default false. */
  readonly tls?: boolean;
  /** Opens a further listener of each broker, whose clients find it at this port of loopback: for a proxy to stand there. */
  readonly proxyPorts?: readonly number[];
  /** After how long a silent broker counts as dead. Default Kafka's: 9,000 ms. */
  readonly brokerSessionTimeoutMs?: number;
  /** Further settings of the brokers. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The brokers outlive this process. Default false: they end with it, however it ends. */
  readonly detached?: boolean;
  /** Told what takes a while. */
  readonly say?: (line: string) => void;
}

/** A running cluster. */
export interface KafkaCluster {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** The same for the listener that asks for credentials. */
  readonly saslBrokers: readonly string[];
  /** The same for the listener that speaks TLS. */
  readonly tlsBrokers: readonly string[];
  /** The ports that the proxies pass on to, in the order of `proxyPorts`. */
  readonly behindProxies: readonly number[];
  readonly pids: readonly number[];
  readonly logFiles: readonly string[];
  /** Ends a broker (counted from 0) as a power cut would: SIGKILL. */
  kill(broker: number): Promise<void>;
  /** Starts a killed broker again; resolves when all brokers see it. */
  restart(broker: number): Promise<void>;
  stop(): Promise<void>;
}

/** Why Kafka cannot be run from its jars here, in one sentence; null where it can. */
export async function whyNoKafka(): Promise<string | null> {
  if (await needs.kafka.isThere()) return null;
  return `Kafka needs ${adviceOn([needs.kafka])}, or a running Docker; the demo needs none of them: npm run demo`;
}

/** Starts Apache Kafka in KRaft mode as processes of this machine, on loopback. Resolves when every broker answers. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const missing = await whyNoKafka();
  if (missing) throw new Error(missing);
  const classPath = await brokerJars(defaultFolder, options.say ?? (() => undefined));
  const folder = options.dataDir ?? (await mkdtemp(join(tmpdir(), "keyline-kafka-")));
  const setup = await setupOf(options);
  const clusterId = randomBytes(16).toString("base64url").replaceAll("-", "_");
  const jvm = setup.nodes.length === 1 ? ["-Xmx512m", "-Xms256m"] : ["-Xmx384m", "-Xms128m"];
  const nodes = setup.nodes.map((_, index): NodeOptions => {
    const own = join(folder, `node-${index + 1}`);
    return {
      folder: own,
      classPath,
      clusterId,
      properties: nodeProperties(setup, index, dataOf(own)),
      users: options.users ?? {},
      jvm,
      detached: options.detached ?? false,
      // One of several cannot end in good order while the others are killed.
      writesClasses: setup.nodes.length === 1 && !options.detached,
    };
  });
  await Promise.all(nodes.map(formatNode));
  const processes: NodeProcess[] = await Promise.all(nodes.map(startNode));
  const at = (broker: number): NodeProcess => {
    const found = processes[broker];
    if (!found) throw new Error(`there is no broker ${broker}`);
    return found;
  };
  const stop = async () => {
    // Data that goes needs no good order, unless the broker writes for later ones.
    const inOrder = options.dataDir !== undefined;
    await Promise.all(processes.map((node) => (inOrder || node.writesClasses ? node.stop() : node.kill())));
    if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(setup.nodes, processes);
  } catch (caught) {
    await Promise.all(processes.map((node) => node.kill()));
    throw caught;
  }
  return {
    brokers: setup.nodes.map(({ client }) => `127.0.0.1:${client}`),
    saslBrokers: setup.nodes.flatMap(({ sasl }) => (sasl === undefined ? [] : [`127.0.0.1:${sasl}`])),
    tlsBrokers: setup.nodes.flatMap(({ tls }) => (tls === undefined ? [] : [`127.0.0.1:${tls}`])),
    behindProxies: setup.nodes.flatMap(({ proxied }) => proxied?.listen ?? []),
    pids: processes.map(({ pid }) => pid),
    logFiles: processes.map(({ logFile }) => logFile),
    kill: (broker) => at(broker).kill(),
    async restart(broker) {
      await at(broker).kill();
      const node = nodes[broker];
      if (node) processes[broker] = await startNode(node);
      await ready(setup.nodes, processes);
    },
    stop,
  };
}

async function setupOf({ brokers = 1, port, users = {}, ...options }: KafkaOptions): Promise<ClusterSetup> {
  const free = await freePorts(brokers * 5);
  const withSasl = Object.keys(users).length > 0;
  const nodes = Array.from({ length: brokers }, (_, index): NodePorts => {
    const [client = 0, controller = 0, sasl = 0, listen = 0, tls = 0] = free.slice(index * 5);
    const advertised = options.proxyPorts?.[index];
    return {
      client: port === undefined ? client : port + index,
      controller,
      ...(withSasl ? { sasl } : {}),
      ...(options.tls ? { tls } : {}),
      ...(advertised === undefined ? {} : { proxied: { listen, advertised } }),
    };
  });
  if (port !== undefined) for (const { client } of nodes) await mustBeFree(client);
  return {
    nodes,
    users,
    brokerSessionTimeoutMs: options.brokerSessionTimeoutMs ?? 9000,
    settings: options.settings ?? {},
  };
}

const readyWithinMs = 90_000;

/** Resolves when each broker answers and sees all that run. */
async function ready(ports: readonly NodePorts[], processes: readonly NodeProcess[]): Promise<void> {
  const deadlineMs = performance.now() + readyWithinMs;
  const running = processes.map((node) => node.ended() === null);
  await Promise.all(
    processes.map(async (node, index) => {
      if (!running[index]) return;
      while ((await aliveBrokers(ports[index]?.client ?? 0).catch(() => 0)) < running.filter(Boolean).length) {
        const why = node.ended();
        if (why || performance.now() > deadlineMs) {
          const what = why ? `ended (${why})` : "does not answer";
          throw new Error(`broker ${index + 1} ${what}; the end of its log ${node.logFile}:\n${logTail(node.logFile)}`);
        }
        await sleep(100);
      }
    }),
  );
}
