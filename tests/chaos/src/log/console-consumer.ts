import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { toolCommand } from "@keyline/kafka-dev";

/** A record of the cluster, as Kafka's own console consumer prints it. It does not tell the topic. */
export interface PrintedRecord {
  readonly partition: number;
  readonly offset: number;
  /** "null" where there is none. */
  readonly key: string;
  readonly headers: ReadonlyMap<string, string>;
  /** "null" where there is none. */
  readonly value: string;
}

// Control characters: JSON escapes them, and no header of ours holds them.
const fieldSeparator = "\u0001";
const headerSeparator = "\u0002";

/**
 * Reads whole topics by Kafka's own console consumer: a client that shares no code with ours. What transactions wrote that were
 * not committed is left out. `isLast` is asked about each record; the reading ends with the first that it says so of, and
 * rejects when none comes.
 */
export async function printedRecords(options: {
  readonly brokers: readonly string[];
  /** A Java regular expression. */
  readonly topics: string;
  isLast(record: PrintedRecord): boolean;
}): Promise<readonly PrintedRecord[]> {
  const { brokers, topics, isLast } = options;
  const formatter = Object.entries({
    "print.partition": "true",
    "print.offset": "true",
    "print.key": "true",
    "print.headers": "true",
    "key.separator": fieldSeparator,
    "headers.separator": headerSeparator,
  }).flatMap(([name, value]) => ["--formatter-property", `${name}=${value}`]);
  const [command = "", ...args] = await toolCommand("org.apache.kafka.tools.consumer.ConsoleConsumer", [
    ...["--bootstrap-server", brokers.join(","), "--include", topics, "--from-beginning"],
    ...["--isolation-level", "read_committed", "--timeout-ms", "120000", ...formatter],
  ]);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const found: PrintedRecord[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const record = parsePrinted(line);
      found.push(record);
      if (isLast(record)) return found;
    }
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
  throw new Error(`Kafka's console consumer read ${found.length} records and no end: ${complaint.slice(-500)}`);
}

/** `Partition:3 <sep> Offset:0 <sep> name:value,... <sep> key <sep> value` */
export function parsePrinted(line: string): PrintedRecord {
  const [partition = "", offset = "", headers = "", key = "", ...value] = line.split(fieldSeparator);
  return {
    partition: numberAfter("Partition:", partition),
    offset: numberAfter("Offset:", offset),
    key,
    headers: new Map(headers.split(headerSeparator).map(splitHeader)),
    value: value.join(fieldSeparator),
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
