import { execFile, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { aliveBrokers } from "./ask.ts";
import { kafkaVersion } from "./broker-jars.ts";

const run = promisify(execFile);
const project = "keyline-kafka";

export interface DockerOptions {
  readonly brokers: 1 | 3;
  readonly port: number;
  readonly dataDir: string;
}

/** A compose file (JSON is YAML) of brokers that clients of this machine find on loopback. */
export function composeFile({ brokers, port }: Omit<DockerOptions, "dataDir">): string {
  const names = Array.from({ length: brokers }, (_, index) => `kafka-${index + 1}`);
  const voters = names.map((name, index) => `${index + 1}@${name}:9093`).join(",");
  const insync = String(Math.max(1, brokers - 1));
  const service = (name: string, index: number) => ({
    image: `apache/kafka:${kafkaVersion}`,
    ports: [`127.0.0.1:${port + index}:9092`],
    volumes: [`${name}:/var/lib/kafka/data`],
    environment: {
      CLUSTER_ID: "a2V5bGluZS1kZXYta2Fma2",
      KAFKA_HEAP_OPTS: brokers === 1 ? "-Xmx512m" : "-Xmx384m -Xms128m",
      KAFKA_NODE_ID: String(index + 1),
      KAFKA_PROCESS_ROLES: "broker,controller",
      KAFKA_CONTROLLER_QUORUM_VOTERS: voters,
      KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
      KAFKA_INTER_BROKER_LISTENER_NAME: "INTERNAL",
      KAFKA_LISTENERS: "CLIENT://:9092,INTERNAL://:9094,CONTROLLER://:9093",
      KAFKA_ADVERTISED_LISTENERS: `CLIENT://127.0.0.1:${port + index},INTERNAL://${name}:9094`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
      KAFKA_LOG_DIRS: "/var/lib/kafka/data",
      KAFKA_DEFAULT_REPLICATION_FACTOR: String(brokers),
      KAFKA_MIN_INSYNC_REPLICAS: insync,
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: String(brokers),
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: String(brokers),
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: insync,
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    },
  });
  const services = Object.fromEntries(names.map((name, index) => [name, service(name, index)]));
  const volumes = Object.fromEntries(names.map((name) => [name, {}]));
  return `${JSON.stringify({ name: project, services, volumes }, null, 2)}\n`;
}

const fileOf = (dataDir: string) => join(dataDir, "compose.yaml");

/** Starts the brokers in containers. Resolves when each of them sees all. */
export async function startContainers(options: DockerOptions): Promise<readonly string[]> {
  await mkdir(options.dataDir, { recursive: true });
  const file = fileOf(options.dataDir);
  await writeFile(file, composeFile(options));
  await run("docker", ["compose", "-f", file, "up", "-d"]);
  const ports = Array.from({ length: options.brokers }, (_, index) => options.port + index);
  const deadlineMs = performance.now() + 120_000;
  for (const port of ports) {
    while ((await aliveBrokers(port).catch(() => 0)) < options.brokers) {
      if (performance.now() > deadlineMs) {
        const { stdout } = await run("docker", ["compose", "-f", file, "logs", "--tail", "25"]);
        throw new Error(`the broker on port ${port} does not answer; the end of the logs:\n${stdout}`);
      }
      await sleep(200);
    }
  }
  return ports.map((port) => `127.0.0.1:${port}`);
}

/** Stops the containers; their volumes stay. */
export async function stopContainers(dataDir: string): Promise<void> {
  await run("docker", ["compose", "-f", fileOf(dataDir), "down"]);
}

/** Shows the brokers' logs until the containers end. */
export const followContainers = (dataDir: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn("docker", ["compose", "-f", fileOf(dataDir), "logs", "-f", "--tail", "0"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", () => resolve());
  });
