import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { toolCommand } from "@keyline/kafka-dev";

/** A record of the cluster, as Kafka's own console consumer prints it. */
export interface ForeignRecord {
  /** The topic, by the event's own type: the console consumer does not tell it. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly headers: ReadonlyMap<string, string>;
  /** The payload of the CloudEvent. */
  readonly event: LoggedEnvelope;
  /** The id of the CloudEvent. */
  readonly id: string;
}

/** What the checks read of an event. */
export interface LoggedEnvelope {
  readonly student_id: number;
  readonly timestamp: string;
  readonly event_id?: string;
  readonly payload: { readonly [name: string]: unknown };
}

// Control characters: JSON escapes them, and no header of ours holds them.
const fieldSeparator = "\u0001";
const headerSeparator = "\u0002";

/**
 * Reads whole topics by Kafka's own console consumer: a client that shares no code with ours. `records` is how many there
 * are; it ends when it has read them, and rejects when they do not come.
 */
export async function readForeign(options: {
  readonly brokers: readonly string[];
  /** A Java regular expression. */
  readonly topics: string;
  readonly records: number;
}): Promise<readonly ForeignRecord[]> {
  const { brokers, topics, records } = options;
  const formatter = Object.entries({
    "print.partition": "true",
    "print.offset": "true",
    "print.key": "true",
    "print.headers": "true",
    "key.separator": fieldSeparator,
    "headers.separator": headerSeparator,
  }).flatMap(([name, value]) => ["--formatter-property", `${name}=${value}`]);
  const [command, ...args] = await toolCommand("org.apache.kafka.tools.consumer.ConsoleConsumer", [
    ...["--bootstrap-server", brokers.join(","), "--include", topics, "--from-beginning"],
    ...["--max-messages", String(records), "--timeout-ms", "120000", ...formatter],
  ]);
  if (command === undefined || records === 0) return [];
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const found: ForeignRecord[] = [];
  for await (const line of createInterface({ input: child.stdout })) found.push(parseLine(line));
  if (found.length < records) {
    throw new Error(`Kafka's console consumer read ${found.length} of ${records} records: ${complaint.slice(-500)}`);
  }
  return found;
}

/** `Partition:3 <sep> Offset:0 <sep> name:value,... <sep> key <sep> value` */
export function parseLine(line: string): ForeignRecord {
  const [partition = "", offset = "", headers = "", key = "", ...value] = line.split(fieldSeparator);
  const envelope = JSON.parse(value.join(fieldSeparator)) as { id: string; type: string; data: LoggedEnvelope };
  return {
    topic: envelope.type,
    partition: numberAfter("Partition:", partition),
    offset: numberAfter("Offset:", offset),
    key,
    headers: new Map(headers.split(headerSeparator).map(splitHeader)),
    event: envelope.data,
    id: envelope.id,
  };
}

function numberAfter(label: string, text: string): number {
  const number = text.startsWith(label) ? Number(text.slice(label.length)) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new Error(`the console consumer printed ${JSON.stringify(text)}`);
  return number;
}

function splitHeader(text: string): [string, string] {
  const colon = text.indexOf(":");
  return [text.slice(0, colon), text.slice(colon + 1)];
}
