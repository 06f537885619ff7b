import { spawn } from "node:child_process";
import { join } from "node:path";
import { toolCommand } from "@keyline/kafka-dev";
import { debianGo, debianPython, type NeedName } from "@keyline/needs";
import type { Placement } from "@keyline/runtime/tools";
import { foreignFolder } from "../foreign-folder.js";

/** An event as a foreign producer writes it. */
export interface ForeignEvent {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/** A producer that is not ours, with its default partitioner. */
export interface ForeignProducer {
  readonly name: string;
  /** The partitioner that it uses unless another is configured. */
  readonly partitioner: Placement;
  /** What has to be on the machine for it. */
  readonly need?: NeedName;
  write(broker: string, events: readonly ForeignEvent[]): Promise<void>;
}

const lines = (events: readonly ForeignEvent[]): string =>
  events.map(({ topic, key, value }) => `${topic}\t${key}\t${value}\n`).join("");

/** Those of one topic, for tools that write to one. */
async function eachTopic(events: readonly ForeignEvent[], run: (topic: string, input: string) => Promise<void>) {
  for (const [topic, own] of Map.groupBy(events, (event) => event.topic)) {
    await run(topic, own.map(({ key, value }) => `${key}\t${value}\n`).join(""));
  }
}

export const foreignProducers: readonly ForeignProducer[] = [
  {
    name: "Java's console producer",
    partitioner: "murmur2",
    need: "kafka",
    write: (broker, events) =>
      eachTopic(events, async (topic, input) => {
        const properties = ["parse.key=true", "key.separator=\t"].flatMap((one) => ["--reader-property", one]);
        const args = ["--bootstrap-server", broker, "--topic", topic, ...properties];
        await run(await toolCommand("org.apache.kafka.tools.ConsoleProducer", args), input);
      }),
  },
  {
    name: "Python with confluent-kafka",
    partitioner: "consistent",
    need: "python",
    write: (broker, events) => run([debianPython, join(foreignFolder, "confluent.py"), broker], lines(events)),
  },
  {
    name: "kcat",
    partitioner: "consistent",
    need: "kcat",
    write: (broker, events) =>
      eachTopic(events, (topic, input) => run(["kcat", "-P", "-b", broker, "-t", topic, "-K", "\t"], input)),
  },
  {
    name: "Sarama, which Dapr uses",
    partitioner: "fnv1a",
    need: "sarama",
    write: (broker, events) =>
      // Debian's package of it, without a download.
      run(["go", "run", join(foreignFolder, "sarama.go"), broker], lines(events), debianGo),
  },
];

function run(command: readonly string[], input: string, environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"], env: { ...process.env, ...environment } });
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${complaint.slice(-500)}`)),
    );
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
