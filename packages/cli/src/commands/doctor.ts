import type { Contract } from "@keyline/contract";
import { readLetters } from "@keyline/proof";
import { isKeylineError } from "@keyline/runtime";
import type { Kafka } from "../cluster/connect.js";
import { type Context, command } from "../command/command.js";
import { type InputOf, textOption } from "../command/parameters.js";
import { replicasOption, strictFlag } from "../command/shared.js";
import { withLetters } from "../dead-letters/select.js";
import { type CheckResult, type DoctorCheck, doctorChecks, skipped, todo } from "../doctor/check-result.js";
import {
  batchLimits,
  checkBrokers,
  checkGroups,
  checkLetters,
  checkPermissions,
  checkTopics,
  groupNeeds,
  topicNeeds,
} from "../doctor/cluster.js";
import { checkDatabase } from "../doctor/database.js";
import { checkContract, checkGenerated, checkNode } from "../doctor/project.js";
import { codePlace, placeParameters } from "../generate/place.js";
import { colorsOf, fired, type Io } from "../io.js";
import { generateText } from "../report/command.js";
import { printable } from "../report/frame.js";
import { planTopics } from "../topics/plan.js";
import { wantedTopics } from "../topics/wanted.js";

const needs = { contract: "option", cluster: true, store: "option" } as const;

const parameters = {
  out: placeParameters.out,
  strict: strictFlag,
  replicas: replicasOption,
  app: textOption("--app <name>", "the app whose rights are checked (default: all of the contract's)"),
};

/** Checks everything that has to be right before an app can run. */
export const doctor = command({
  name: "doctor",
  summary: "check everything that an app needs, and say what to fix",
  needs,
  parameters,
  json: "the checks as JSON",
  details:
    "Prints one line for each check: ok, todo with what to do, or - if it did not run. Changes nothing, on the cluster or in the database.",
  examples: ["keyline doctor", "keyline doctor --brokers localhost:9092 --replicas 1 --app progress"],
  exits: {
    clean: "nothing to do",
    problems: "something to do",
    interrupted: "interrupted, after printing the checks that ran",
  },
  async run(input, context) {
    const { io, say } = context;
    const kafka = await context.kafka();
    const checks: CheckResult[] = [];
    const add = (result: CheckResult) => {
      // An interrupted check says nothing more.
      if (io.signal.aborted) return;
      checks.push(result);
      say(lineOf(result, io));
    };
    const examination = { input, context, kafka, add };
    const contract = await examineProject(examination);
    context.endsItself();
    await Promise.race([examineServers(examination, contract), fired(io.signal)]);
    const interrupted = io.signal.aborted;
    const isWell = checks.every(({ status }) => status !== "todo");
    return {
      exit: interrupted ? "interrupted" : isWell ? "clean" : "problems",
      text: `${endOf(checks)}${interrupted ? "\ninterrupted: the other checks did not run\n" : ""}`,
      json: { ok: isWell && !interrupted, interrupted, checks },
    };
  },
});

/** All that the checks work with. */
interface Examination {
  readonly input: InputOf<typeof parameters>;
  readonly context: Context<typeof needs>;
  readonly kafka: Kafka | null;
  readonly add: (result: CheckResult) => void;
}

async function examineProject({ input, context, add }: Examination): Promise<Contract | null> {
  const { io, project, file } = context;
  const { strict } = input;
  const code = codePlace({ out: input.out }, file, project);
  const generate = generateText({ ...code, scope: undefined, perspective: context.perspective }, project);
  const place = { ...code, strict, generate };
  add(checkNode(process.versions.node));
  const { contract, result } = await checkContract(place, context.load);
  add(result);
  add(
    contract
      ? await checkGenerated(place, context.loadOptions, io.cwd)
      : skipped("doctor-generated", "not checked", "fix the contract first"),
  );
  return contract;
}

async function examineServers(examination: Examination, contract: Contract | null): Promise<void> {
  const { context, add } = examination;
  await examineCluster(examination, contract);
  add(await checkDatabase(context.databaseUrl));
}

const ofCluster = [
  "doctor-topics",
  "doctor-partitions",
  "doctor-settings",
  "doctor-permissions",
  "doctor-groups",
  "doctor-dead-letters",
] as const;

async function examineCluster({ input, context, kafka, add }: Examination, contract: Contract | null): Promise<void> {
  const skip = (ids: readonly DoctorCheck[], what: string) => {
    for (const id of ids) add(skipped(id, "not checked", what));
  };
  if (kafka === null) return skip(["doctor-brokers", ...ofCluster], "pass --brokers or set KAFKA_BROKERS");
  const brokers = await examineBrokers(kafka);
  add(brokers);
  if (brokers.status !== "ok") return skip(ofCluster, "fix the connection first");
  if (!contract) return skip(ofCluster, "fix the contract first");
  const wanted = { replicas: input.replicas ?? null, app: input.app, file: context.file };
  for await (const result of examineTopics(kafka, contract, wanted)) add(result);
  for await (const result of examineLetters(kafka, contract, context.io.signal)) add(result);
}

/** Shorter than an app's: a doctor's checks are waited for. */
const patience = { requestTimeoutMs: 10_000 };

async function examineBrokers(kafka: Kafka): Promise<CheckResult> {
  const { connectionWarning } = await import("@keyline/kafka");
  const inspector = kafka.createInspector(patience);
  const transport = kafka.createTransport(patience);
  try {
    return checkBrokers(await inspector.brokers(), await transport.clusterId(), connectionWarning(kafka.options));
  } catch (caught) {
    return failed("doctor-brokers", caught);
  } finally {
    await Promise.all([inspector.close(), transport.close()]);
  }
}

async function* examineTopics(
  kafka: Kafka,
  contract: Contract,
  {
    replicas,
    app,
    file,
  }: { readonly replicas: number | null; readonly app: string | undefined; readonly file: string },
): AsyncGenerator<CheckResult> {
  const { defaultMaxUnpackedBytes } = await import("@keyline/kafka");
  const inspector = kafka.createInspector(patience);
  const admin = kafka.createTopics(patience);
  const wanted = wantedTopics(contract, replicas);
  const names = wanted.map(({ name }) => name);
  try {
    yield* attempt(["doctor-topics", "doctor-partitions", "doctor-settings"], async () => {
      const found = await admin.describe(names);
      const differences = planTopics(wanted, found, await admin.brokers());
      const limits = batchLimits(found.values(), kafka.options.maxUnpackedBytes ?? defaultMaxUnpackedBytes);
      const rights = await inspector.rights(names);
      const hidden = names.filter((name) => rights.get(name)?.length === 0);
      return checkTopics(differences, new Set(found.keys()), names.length, { file, limits, hidden });
    });
    yield* attempt(["doctor-permissions"], async () => {
      const needed = { topics: topicNeeds(contract, app), groups: groupNeeds(contract, app) };
      const rights = {
        topics: await inspector.rights([...needed.topics.keys()]),
        groups: await inspector.groupRights([...needed.groups.keys()]),
      };
      return [checkPermissions(needed, rights)];
    });
    yield* attempt(["doctor-groups"], async () => [checkGroups(await admin.groups(names), contract)]);
  } finally {
    await Promise.all([inspector.close(), admin.close()]);
  }
}

async function* examineLetters(kafka: Kafka, contract: Contract, signal: AbortSignal): AsyncGenerator<CheckResult> {
  const transport = kafka.createTransport(patience);
  try {
    yield* attempt(["doctor-dead-letters"], async () => {
      const topics = withLetters(contract).map(({ address }) => address);
      return [checkLetters(await readLetters(transport, { topics, limit: Number.MAX_SAFE_INTEGER }, signal))];
    });
  } finally {
    await transport.close();
  }
}

/** The results of checks that one answer decides: where it fails, all of them fail. */
async function* attempt(ids: readonly DoctorCheck[], check: () => Promise<readonly CheckResult[]>) {
  yield* await check().catch((caught: unknown) => ids.map((id) => failed(id, caught)));
}

function failed(id: DoctorCheck, caught: unknown): CheckResult {
  if (!isKeylineError(caught)) throw caught;
  return todo(id, caught.message, `run keyline explain ${caught.code}`);
}

const width = Math.max(...Object.values(doctorChecks).map((name) => name.length));
const signs = { ok: "ok  ", todo: "todo", skipped: "-   " } as const;

function lineOf({ id, status, summary, todo: what }: CheckResult, io: Io): string {
  const colors = colorsOf(io);
  const paint = { ok: colors.green, todo: colors.red, skipped: colors.dim }[status];
  const next = what === null ? "" : `: ${what}`;
  return `${paint(signs[status])}  ${doctorChecks[id].padEnd(width)}  ${printable(`${summary}${next}`)}\n`;
}

function endOf(checks: readonly CheckResult[]): string {
  const [first, ...others] = checks.filter(({ status }) => status === "todo");
  if (!first) return "";
  return `\n${others.length + 1} to do. Read more: keyline explain ${first.id}\n`;
}
