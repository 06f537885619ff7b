import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { finished } from "node:stream/promises";
import type { Contract } from "@keyline/contract";
import {
  auditRecords,
  type ClusterReport,
  contractTopics,
  inspectCluster,
  openRecordAudit,
  type RecordFinding,
  readableTopics,
} from "@keyline/proof";
import { follow } from "../audit/follow.js";
import { parkedCounts } from "../audit/parked-counts.js";
import { type AuditReport, auditText, exitCodeOf, jsonOf } from "../audit/report.js";
import { connectCluster, disconnect } from "../cluster/connect.js";
import { databaseUrlProblem } from "../cluster/database-url.js";
import { contractOf } from "../cluster/load-contract.js";
import { spanProblem } from "../cluster/moment.js";
import { exitCodes } from "../exit-codes.js";
import type { Connection, Io } from "../io.js";
import { namingContract } from "../report/command.js";
import { nearest } from "../report/nearest.js";
import { createProgressLine } from "../report/progress.js";

/** How `keyline audit` was called. */
export interface AuditCommandOptions {
  readonly file: string;
  /** How commands that are printed name the file: empty where they find it by themselves. */
  readonly contractArgument: string;
  /** `host:port,...`; else the environment says. */
  readonly brokers: string | undefined;
  /** Addresses; else all. */
  readonly topics: readonly string[] | undefined;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  /** Events whose ids are remembered. */
  readonly window: number | undefined;
  readonly replicas: number | undefined;
  /** A file for every finding. */
  readonly findings: string | undefined;
  readonly showPayload: boolean;
  readonly json: boolean;
  /** Goes on with what comes, and serves metrics; null for one look. */
  readonly follow: { readonly port: number; readonly everyMs: number } | null;
}

/** Holds a cluster's records, topics and groups against the contract. */
export async function audit(options: AuditCommandOptions, io: Io): Promise<number> {
  const misuse = spanProblem(options, Date.now()) ?? databaseUrlProblem(undefined, io);
  if (misuse !== null) {
    io.log(`error: ${misuse}\n`);
    return exitCodes.usage;
  }
  const contract = await contractOf(options.file, io);
  if (contract === null) return exitCodes.couldNotRun;
  const problem = topicProblem(options.topics ?? [], contract);
  if (problem !== null) {
    io.log(problem);
    return exitCodes.usage;
  }
  const connection = await connectCluster(options.brokers, io);
  if (connection === null) return exitCodes.usage;
  const letGo = io.holdExit?.();
  try {
    const list = await openList(options.findings, io).catch((caught: NodeJS.ErrnoException) => {
      io.log(`error: cannot write the findings to ${options.findings}: ${unwritableText(caught)}\n`);
      return null;
    });
    if (list === null) return exitCodes.couldNotRun;
    if (options.follow !== null) return await auditOn(options, options.follow, contract, connection, list, io);
    const report = await auditOnce(options, contract, connection, list, io);
    io.out(options.json ? `${JSON.stringify(jsonOf(report), null, 2)}\n` : auditText(report, io));
    return exitCodeOf(report);
  } finally {
    await disconnect(connection);
    letGo?.();
  }
}

async function auditOn(
  options: AuditCommandOptions,
  how: { readonly port: number; readonly everyMs: number },
  contract: Contract,
  connection: Connection,
  list: FindingList,
  io: Io,
): Promise<number> {
  const { transport, inspector } = connection;
  const { topics: only, sinceMs, untilMs, window: duplicateWindow, showPayload, replicas } = options;
  const asked = { topics: contractTopics(contract), only, sinceMs, untilMs, duplicateWindow, showPayload };
  const records = await follow(
    {
      ...how,
      open: () => openRecordAudit(transport, { ...asked, signal: io.signal, finding: list.add }),
      inspect: () => inspectCluster({ contract, transport, inspector, replicas }),
      parked: () => parkedCounts(io),
    },
    io,
  );
  await list.end();
  if (records === null) return exitCodes.interrupted;
  const report = { ...{ file: options.file, cluster: connection.name, sinceMs, untilMs }, parked: [] };
  const whole = { ...report, records: { ...records, interrupted: true }, inspected: notLooked };
  io.out(options.json ? `${JSON.stringify(jsonOf(whole), null, 2)}\n` : auditText(whole, io));
  return exitCodeOf(whole);
}

async function auditOnce(
  options: AuditCommandOptions,
  contract: Contract,
  connection: Connection,
  list: FindingList,
  io: Io,
): Promise<AuditReport> {
  const { transport, inspector } = connection;
  const topics = contractTopics(contract);
  const progress = createProgressLine(io);
  const { topics: only, sinceMs, untilMs, window: duplicateWindow, showPayload, replicas } = options;
  const records = await auditRecords(transport, {
    ...{ topics, only, sinceMs, untilMs, duplicateWindow, showPayload, signal: io.signal },
    ...{ progress: progress.update, finding: list.add },
  });
  progress.end();
  await list.end();
  const inspected = records.interrupted
    ? notLooked
    : withContract(await inspectCluster({ contract, transport, inspector, replicas }), options);
  const parked = records.interrupted ? [] : await parkedCounts(io);
  return { file: options.file, cluster: connection.name, sinceMs, untilMs, records, inspected, parked };
}

/** What to do is done with this contract. */
const withContract = (
  report: ClusterReport,
  { contractArgument }: Pick<AuditCommandOptions, "contractArgument">,
): ClusterReport => ({
  ...report,
  findings: report.findings.map((finding) => ({ ...finding, fix: namingContract(finding.fix, contractArgument) })),
});

/** After an interrupt nobody waits for what was not begun. */
const notLooked: ClusterReport = { findings: [], groups: [], deadLetters: [], unseen: [] };

/** Where every finding goes. */
interface FindingList {
  readonly add: ((finding: RecordFinding) => void) | undefined;
  end(): Promise<void>;
}

/** A file of findings, a line each; nothing where none was asked for. Rejects where it cannot be written. */
async function openList(file: string | undefined, io: Io): Promise<FindingList> {
  if (file === undefined) return { add: undefined, end: async () => undefined };
  const stream = createWriteStream(resolve(io.cwd, file));
  const failed = finished(stream);
  failed.catch(() => undefined);
  await once(stream, "open");
  return {
    add: (finding) => void stream.write(`${JSON.stringify(finding)}\n`),
    async end() {
      stream.end();
      await failed;
    },
  };
}

const unwritable: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist: make it, or name another file",
  EACCES: "this user may not: name another file",
  EISDIR: "it is a folder: name a file",
};

const unwritableText = ({ code = "", message }: NodeJS.ErrnoException): string => unwritable[code] ?? message;

function topicProblem(named: readonly string[], contract: Contract): string | null {
  const known = readableTopics(contractTopics(contract));
  const unknown = named.find((topic) => !known.includes(topic));
  if (unknown === undefined) return null;
  const guess = nearest(unknown, known);
  const hint = guess === null ? `Topics: ${known.join(", ")}` : `Did you mean ${guess}?`;
  return `error: the contract has no topic ${JSON.stringify(unknown)}\n${hint}\n`;
}
