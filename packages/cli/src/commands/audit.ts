import type { Contract } from "@keyline/contract";
import {
  auditRecords,
  type ClusterReport,
  contractTopics,
  inspectCluster,
  openRecordAudit,
  type RecordReport,
  readableTopics,
} from "@keyline/proof";
import { type FindingFile, openFindingFile } from "../audit/finding-file.js";
import { follow } from "../audit/follow.js";
import { parkedCounts } from "../audit/parked-counts.js";
import { type AuditReport, auditExit, auditJson, auditText } from "../audit/report.js";
import { checkSpan } from "../cluster/moment.js";
import { type Context, command } from "../command/command.js";
import { checkKnown, opaqueTopics, refuseOpaque } from "../command/known.js";
import { CommandError } from "../command/outcome.js";
import { flag, type InputOf, option, textOption } from "../command/parameters.js";
import { range, replicasOption, strictFlag } from "../command/shared.js";
import { count } from "../command/values.js";
import type { Connection } from "../io.js";
import { contractArgument, namingContract } from "../report/command.js";
import { createProgressLine } from "../report/progress.js";

const needs = { contract: "argument", cluster: true, store: "environment" } as const;

const parameters = {
  ...range,
  window: option(
    "--window <events>",
    "compare ids with those of so many latest events (default: 1,000,000, which take 101 MB)",
    count,
  ),
  strict: { ...strictFlag, help: "exit 1 if records cannot be checked because their channel cannot be generated" },
  replicas: replicasOption,
  findings: textOption("--findings <file>", "write every finding to a file, one line of JSON each"),
  showPayload: flag("--show-payload", "show the payloads of findings' records"),
  follow: flag("--follow", "continue with new records, and serve Prometheus metrics on loopback"),
  port: option("--port <n>", "the metrics' port (default: a free one, printed on stderr)", count),
  every: option("--every <seconds>", "with --follow, the time between two reads (default: 5)", count),
};

type Input = InputOf<typeof parameters>;

/** Holds a cluster's records, topics and groups against the contract. */
export const audit = command({
  name: "audit",
  summary: "check every record of the contract's topics, and the cluster, against the contract",
  needs,
  parameters,
  json: "the report as JSON",
  details:
    "Only reads, and joins no consumer group. Prints ids and keys, never payloads, unless --show-payload is given. Counts parked events if it finds the database.",
  exits: {
    couldNotRun: "could not run, or could not read everything",
    problems: "findings",
    interrupted: "interrupted, after a report of what was found",
  },
  async run(input, context) {
    checkFollow(input);
    checkSpan(input);
    const contract = await context.contract();
    context.endsItself();
    const known = readableTopics(contractTopics(contract));
    refuseOpaque(input.topics, contract);
    for (const topic of input.topics) checkKnown("the contract has no topic", topic, known);
    const connection = await context.cluster();
    if (context.io.signal.aborted) return { exit: "interrupted" };
    const file = await openFindingFile(input.findings, context.io.cwd);
    const auditing = { input, context, contract, connection, file };
    const audited = input.follow ? await auditOn(auditing) : await auditOnce(auditing);
    await file.end();
    if (audited.records === null) return { exit: "interrupted" };
    const { since: sinceMs, until: untilMs } = input;
    const { records, ...rest } = audited;
    const { strict } = input;
    const report = { file: context.file, cluster: connection.name, sinceMs, untilMs, strict, records, ...rest };
    return { exit: auditExit(report), text: auditText(report, context.io), json: auditJson(report) };
  },
});

/** All that an audit works with. */
interface Auditing {
  readonly input: Input;
  readonly context: Context<typeof needs>;
  readonly contract: Contract;
  readonly connection: Connection;
  readonly file: FindingFile;
}

type Audited = Pick<AuditReport, "inspected" | "parked"> & { readonly records: RecordReport | null };

/** What was not begun when it was interrupted. */
const notInspected: Pick<AuditReport, "inspected" | "parked"> = {
  inspected: { findings: [], groups: [], deadLetters: [], unseen: [] },
  parked: [],
};

const recordOptions = ({ input, context, contract, file }: Auditing) => ({
  topics: contractTopics(contract),
  ...(input.topics.length === 0 ? { notJudged: opaqueTopics(contract) } : { only: input.topics }),
  ...{ sinceMs: input.since, untilMs: input.until, duplicateWindow: input.window, showPayload: input.showPayload },
  ...{ signal: context.io.signal, finding: file.add },
});

const inspect = ({ input: { replicas }, contract, connection: { transport, inspector } }: Auditing) =>
  inspectCluster({ contract, transport, inspector, replicas });

async function auditOn(auditing: Auditing): Promise<Audited> {
  const { input, context, connection } = auditing;
  const records = await follow(
    {
      ...{ port: input.port ?? 0, everyMs: (input.every ?? 5) * 1000 },
      open: () => openRecordAudit(connection.transport, recordOptions(auditing)),
      inspect: () => inspect(auditing),
      parked: () => parkedCounts(context.databaseUrl),
    },
    context.io,
  );
  return { records: records && { ...records, interrupted: true }, ...notInspected };
}

async function auditOnce(auditing: Auditing): Promise<Audited> {
  const { context, connection } = auditing;
  const progress = createProgressLine(context.io);
  const options = { ...recordOptions(auditing), progress: progress.update };
  const records = await auditRecords(connection.transport, options);
  progress.end();
  if (records.interrupted) return { records, ...notInspected };
  const inspected = withContract(await inspect(auditing), contractArgument(context.file, context.project.contract));
  return { records, inspected, parked: await parkedCounts(context.databaseUrl) };
}

/** Commands in what to do name this contract. */
const withContract = (report: ClusterReport, argument: string): ClusterReport => ({
  ...report,
  findings: report.findings.map((finding) => ({ ...finding, fix: namingContract(finding.fix, argument) })),
});

/** Refuses options that do not go together. */
function checkFollow({ follow, port, every, until }: Input): void {
  const problem =
    follow && until !== undefined
      ? "--until ends what --follow continues: leave one of them out"
      : !follow && port !== undefined
        ? "--port is for the metrics of --follow: pass --follow too, or leave it out"
        : !follow && every !== undefined
          ? "--every is for --follow: pass --follow too, or leave it out"
          : null;
  if (problem !== null) throw new CommandError("usage", problem);
}
