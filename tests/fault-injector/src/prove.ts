import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKafkajsTopics, createKafkajsTransport } from "@keyline/kafkajs";
import type { RecordFinding, RecordReport } from "@keyline/proof";
import { createRandom } from "@keyline/runtime/testing";
import { topics } from "@student-events/events";
import { expireCauses } from "./expired.js";
import type { ForeignProducer } from "./foreign/producers.js";
import { writeBySdk } from "./sdk.js";
import { type Injected, type Score, scores } from "./truth.js";
import { writeMixture } from "./write.js";
import { writeForeign } from "./write-foreign.js";

const repository = join(import.meta.dirname, "../../..");
const partitions = 12;

/** What is written, beside what is audited. */
export interface ProveOptions {
  readonly broker: string;
  readonly seed: number;
  /** Records of the seeded mixture. */
  readonly records: number;
  /** Of each kind of fault, as a share of those. */
  readonly rate: number;
  readonly students: number;
  /** Events by the SDK. */
  readonly sdkEvents: number;
  /** Which other clients write, and how many events each. */
  readonly foreign: readonly ForeignProducer[];
  readonly foreignEvents: number;
  readonly say: (line: string) => void;
}

/** What `keyline audit --json` printed, as far as it is looked at here. */
export interface AuditOutput {
  readonly complete: boolean;
  readonly findings: number;
  readonly records: RecordReport;
  readonly peakMemoryBytes: number;
}

/** What was done, what the command found, and how well that fits. */
export interface Proof {
  readonly injected: readonly Injected[];
  readonly output: AuditOutput;
  readonly exitCode: number | null;
  readonly scores: readonly Score[];
}

/** Writes to a cluster, then runs the command on it as a user does. */
export async function prove(options: ProveOptions): Promise<Proof> {
  const injected = await inject(options);
  options.say(`${injected.length} faults are in`);
  const folder = await mkdtemp(join(tmpdir(), "keyline-proof-"));
  try {
    const file = join(folder, "findings.jsonl");
    const args = ["--brokers", options.broker, "--replicas", "1", "--json", "--findings", file];
    const { exitCode, stdout } = await runKeyline("audit", args);
    const output: AuditOutput = JSON.parse(stdout);
    const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
    const findings = lines.map((line): RecordFinding => JSON.parse(line));
    return { injected, output, exitCode, scores: scores(injected, findings) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inject(options: ProveOptions): Promise<readonly Injected[]> {
  const { broker, seed, records, rate, students, say } = options;
  const admin = createKafkajsTopics({ brokers: [broker] });
  for (const { address } of Object.values(topics)) await admin.create({ name: address, partitions });
  await admin.close();
  const transport = createKafkajsTransport({ brokers: [broker] });
  try {
    say(`the SDK writes ${options.sdkEvents} events`);
    await writeBySdk(transport, options.sdkEvents, students, createRandom(seed));
    const injected: Injected[] = [];
    for (const [index, producer] of options.foreign.entries()) {
      say(`${producer.name} writes ${options.foreignEvents} events`);
      const how = { seed: seed + 100 + index, events: options.foreignEvents, partitions, students };
      injected.push(...(await writeForeign(producer, broker, how)));
    }
    say(`the mixture of ${records} records is written`);
    const startMs = Date.now() - records;
    injected.push(...(await writeMixture(transport, { seed, records, rate, partitions, students, startMs })));
    await expireCauses(transport, broker, 7);
    return injected;
  } finally {
    await transport.close();
  }
}

/** What a run of the command came to. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `keyline` with the repository's contract. `said` is told what it logs, and may send it signals. */
export function runKeyline(
  command: string,
  args: readonly string[],
  said: (log: string, interrupt: () => void) => void = () => undefined,
): Promise<CommandResult> {
  const bin = join(repository, "packages/cli/bin/keyline.js");
  const contract = join(repository, "asyncapi.yaml");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, command, contract, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("utf8");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString("utf8");
      said(stderr, () => child.kill("SIGINT"));
    });
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
