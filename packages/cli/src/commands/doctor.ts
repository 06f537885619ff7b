import type { Contract } from "@keyline/contract";
import type { KafkajsOptions } from "@keyline/kafkajs";
import { isKeylineError } from "@keyline/runtime";
import { kafkaOptionsOrProblem } from "../cluster/connect.js";
import { databaseUrlOf, databaseUrlProblem } from "../cluster/database-url.js";
import { checkBrokers, checkGroups, checkPermissions, checkTopics, groupNeeds, topicNeeds } from "../doctor/cluster.js";
import { checkDatabase } from "../doctor/database.js";
import { type DoctorCheck, doctorChecks, type Finding, skipped, todo } from "../doctor/finding.js";
import { checkContract, checkGenerated, checkNode, type ProjectPlace } from "../doctor/project.js";
import { exitCodes } from "../exit-codes.js";
import { colorsOf, fired, type Io } from "../io.js";
import { printable } from "../report/frame.js";
import { planTopics } from "../topics/plan.js";
import { wantedTopics } from "../topics/wanted.js";

/** How `keyline doctor` was called. */
export interface DoctorOptions extends ProjectPlace {
  /** `host:port,...`; else the environment says. */
  readonly brokers: string | undefined;
  readonly replicas: number | null;
  /** Whose rights are looked at; those of all apps of the contract where none is named. */
  readonly app: string | undefined;
  /** Else `DATABASE_URL` says. */
  readonly databaseUrl: string | undefined;
  readonly json: boolean;
}

/** Looks at everything that has to be right before an app can run, and says what to do about what is not. */
export async function doctor(options: DoctorOptions, io: Io): Promise<number> {
  const connection = await kafkaOptionsOrProblem(options.brokers, io);
  const problem = typeof connection === "string" ? connection : databaseUrlProblem(options.databaseUrl, io);
  if (problem !== null || typeof connection === "string") {
    io.log(`error: ${problem}\n`);
    return exitCodes.usage;
  }
  const letGo = io.holdExit?.();
  try {
    return await report(options, connection, io);
  } finally {
    letGo?.();
  }
}

async function report(options: DoctorOptions, connection: KafkajsOptions | null, io: Io): Promise<number> {
  const findings: Finding[] = [];
  const say = (finding: Finding) => {
    // An interrupted check says nothing more.
    if (io.signal.aborted) return;
    findings.push(finding);
    if (!options.json) io.out(lineOf(finding, io));
  };
  await Promise.race([examine(options, connection, io, say), fired(io.signal)]);
  const interrupted = io.signal.aborted;
  const isWell = findings.every(({ status }) => status !== "todo");
  if (options.json) {
    const ok = isWell && !interrupted;
    io.out(`${JSON.stringify({ version: 1, command: "doctor", ok, interrupted, checks: findings }, null, 2)}\n`);
  } else io.out(`${endOf(findings)}${interrupted ? "\ninterrupted: the other checks were not made\n" : ""}`);
  if (interrupted) return exitCodes.interrupted;
  return isWell ? exitCodes.clean : exitCodes.findings;
}

async function examine(
  options: DoctorOptions,
  connection: KafkajsOptions | null,
  io: Io,
  say: (finding: Finding) => void,
): Promise<void> {
  say(checkNode(process.versions.node));
  const { contract, finding } = await checkContract(options, io.cwd);
  say(finding);
  if (contract) say(await checkGenerated(options, io.cwd));
  else say(skipped("doctor-generated", "not asked", "mend the contract first"));
  await examineCluster(options, connection, contract, say);
  say(await checkDatabase(databaseUrlOf(options.databaseUrl, io)));
}

const ofCluster = [
  "doctor-topics",
  "doctor-partitions",
  "doctor-settings",
  "doctor-permissions",
  "doctor-groups",
] as const;

async function examineCluster(
  options: DoctorOptions,
  connection: KafkajsOptions | null,
  contract: Contract | null,
  say: (finding: Finding) => void,
): Promise<void> {
  const skip = (ids: readonly DoctorCheck[], what: string) => {
    for (const id of ids) say(skipped(id, "not asked", what));
  };
  if (connection === null)
    return skip(["doctor-brokers", ...ofCluster], "pass --brokers host:port or set KAFKA_BROKERS");
  const isThere = await examineBrokers(connection, say);
  if (!isThere) return skip(ofCluster, "mend the connection first");
  if (!contract) return skip(ofCluster, "mend the contract first");
  await examineTopics(connection, contract, options, say);
}

/** An answer within this time, or none: a doctor is asked in a hurry. */
const patience = { requestTimeoutMs: 10_000, clientId: "keyline" };

async function examineBrokers(connection: KafkajsOptions, say: (finding: Finding) => void): Promise<boolean> {
  const { kafkajsInspector, kafkajsTransport } = await import("@keyline/kafkajs");
  const inspector = kafkajsInspector({ ...connection, ...patience });
  const transport = kafkajsTransport({ ...connection, ...patience });
  try {
    say(checkBrokers(await inspector.brokers(), await transport.clusterId()));
    return true;
  } catch (caught) {
    say(failed("doctor-brokers", caught));
    return false;
  } finally {
    await Promise.all([inspector.close(), transport.close()]);
  }
}

async function examineTopics(
  connection: KafkajsOptions,
  contract: Contract,
  { contract: file, replicas, app }: DoctorOptions,
  say: (finding: Finding) => void,
): Promise<void> {
  const { kafkajsInspector, kafkajsTopics } = await import("@keyline/kafkajs");
  const inspector = kafkajsInspector({ ...connection, ...patience });
  const admin = kafkajsTopics({ ...connection, ...patience });
  const wanted = wantedTopics(contract, replicas);
  const names = wanted.map(({ name }) => name);
  const attempt = async (ids: readonly DoctorCheck[], check: () => Promise<readonly Finding[]>) => {
    const found = await check().catch((caught: unknown) => ids.map((id) => failed(id, caught)));
    for (const finding of found) say(finding);
  };
  try {
    await attempt(["doctor-topics", "doctor-partitions", "doctor-settings"], async () => {
      const found = await admin.describe(names);
      const differences = planTopics(wanted, found, await admin.brokers());
      return checkTopics(differences, new Set(found.keys()), names.length, file);
    });
    await attempt(["doctor-permissions"], async () => {
      const needs = { topics: topicNeeds(contract, app), groups: groupNeeds(contract, app) };
      const rights = {
        topics: await inspector.rights([...needs.topics.keys()]),
        groups: await inspector.groupRights([...needs.groups.keys()]),
      };
      return [checkPermissions(needs, rights)];
    });
    await attempt(["doctor-groups"], async () => [checkGroups(await admin.groups(names), contract)]);
  } finally {
    await Promise.all([inspector.close(), admin.close()]);
  }
}

function failed(id: DoctorCheck, caught: unknown): Finding {
  if (!isKeylineError(caught)) throw caught;
  return todo(id, caught.message, `run keyline explain ${caught.code}`);
}

const width = Math.max(...Object.values(doctorChecks).map((name) => name.length));
const signs = { ok: "ok  ", todo: "todo", skipped: "-   " } as const;

function lineOf({ id, status, summary, todo: what }: Finding, io: Io): string {
  const colors = colorsOf(io);
  const paint = { ok: colors.green, todo: colors.red, skipped: colors.dim }[status];
  const next = what === null ? "" : `: ${what}`;
  return `${paint(signs[status])}  ${doctorChecks[id].padEnd(width)}  ${printable(`${summary}${next}`)}\n`;
}

function endOf(findings: readonly Finding[]): string {
  const [first, ...others] = findings.filter(({ status }) => status === "todo");
  if (!first) return "";
  return `\n${others.length + 1} to do. Read more: keyline explain ${first.id}\n`;
}
