// `npm run kafka`: a real Apache Kafka on loopback, until Ctrl-C or `--stop`.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { followContainers, startContainers, stopContainers } from "./docker.ts";
import { hasDocker } from "./has-docker.ts";
import { sendSignal, waitForEnd } from "./node-process.ts";
import { isBroker, readNote, removeNote, writeNote } from "./note.ts";
import { defaultFolder, startKafka, whyNoKafka } from "./start-kafka.ts";

const usage = `Usage: npm run kafka -- [options]
  --brokers 1|3    how many brokers; three replicate thrice and need two in sync (default 1)
  --port PORT      the first broker's port, the others follow (default 9092)
  --data DIR       where data is kept (default .keyline/kafka)
  --background     return when it answers, and leave it running
  --stop           end the one that runs
Exit codes: 0 done, 1 could not run, 2 usage, 130 interrupted`;

interface Wish {
  readonly brokers: 1 | 3;
  readonly port: number;
  readonly dataDir: string;
  readonly background: boolean;
  readonly stop: boolean;
}

const say = (line: string) => console.error(line);

const endsByStop = "npm run kafka -- --stop ends it";
const endsByInterrupt = "Ctrl-C ends it; with --background it is left running";

function readWish(args: readonly string[]): Wish | null {
  const options = {
    brokers: { type: "string", default: "1" },
    port: { type: "string", default: "9092" },
    data: { type: "string", default: defaultFolder },
    background: { type: "boolean", default: false },
    stop: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) return null;
  const brokers = Number(values.brokers);
  if (brokers !== 1 && brokers !== 3) throw new Error(`--brokers takes 1 or 3, not ${values.brokers}`);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_000) throw new Error(`--port takes a port, not ${values.port}`);
  return { brokers, port, dataDir: resolve(values.data), background: values.background, stop: values.stop };
}

/** Resolves when the user wants an end: Ctrl-C, or the terminal goes. */
const interrupted = () =>
  new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => done());
  });

async function stopRunning(dataDir: string): Promise<void> {
  const note = readNote(dataDir);
  if (!note) return say("No Kafka runs that this command started");
  if (note.engine === "docker") await stopContainers(dataDir);
  const pids = note.pids.filter(isBroker);
  for (const pid of pids) sendSignal(pid, "SIGTERM");
  const late = setTimeout(() => {
    for (const pid of pids.filter(isBroker)) sendSignal(pid, "SIGKILL");
  }, 15_000);
  await Promise.all(pids.map(waitForEnd));
  clearTimeout(late);
  await removeNote(dataDir);
  say("Kafka has stopped");
}

function announce(brokers: readonly string[]): void {
  console.log(brokers.join(","));
  say(`Kafka answers. For the apps: export KAFKA_BROKERS=${brokers.join(",")}`);
}

async function runInContainers(wish: Wish): Promise<void> {
  const brokers = await startContainers(wish);
  await writeNote(wish.dataDir, { engine: "docker", brokers, pids: [] });
  announce(brokers);
  if (wish.background) return say(endsByStop);
  say(endsByInterrupt);
  await Promise.race([interrupted(), followContainers(wish.dataDir)]);
  await stopContainers(wish.dataDir);
  await removeNote(wish.dataDir);
  process.exitCode = 130;
}

async function runFromJars(wish: Wish): Promise<void> {
  const cluster = await startKafka({
    brokers: wish.brokers,
    port: wish.port,
    dataDir: resolve(wish.dataDir, `${wish.brokers}-brokers`),
    detached: wish.background,
    say,
  });
  await writeNote(wish.dataDir, { engine: "jvm", brokers: cluster.brokers, pids: cluster.pids });
  announce(cluster.brokers);
  for (const file of cluster.logFiles) say(`Log: ${file}`);
  if (wish.background) return say(endsByStop);
  say(endsByInterrupt);
  const ended = Promise.all(cluster.pids.map(waitForEnd)).then(() => "ended" as const);
  if ((await Promise.race([interrupted(), ended])) !== "ended") process.exitCode = 130;
  await cluster.stop();
  await removeNote(wish.dataDir);
}

async function start(wish: Wish): Promise<void> {
  const running = readNote(wish.dataDir);
  if (running) throw new Error(`Kafka runs already (${running.brokers.join(",")}): ${endsByStop}`);
  if (await hasDocker()) return runInContainers(wish);
  const missing = await whyNoKafka();
  if (missing !== null) throw new Error(missing);
  await runFromJars(wish);
}

async function main(): Promise<void> {
  let wish: Wish | null;
  try {
    wish = readWish(process.argv.slice(2));
  } catch (caught) {
    say(`${caught instanceof Error ? caught.message : String(caught)}\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (!wish) return console.log(usage);
  try {
    await (wish.stop ? stopRunning(wish.dataDir) : start(wish));
  } catch (caught) {
    say(caught instanceof Error ? caught.message : String(caught));
    process.exitCode = 1;
  }
}

await main();
// Detached brokers keep nothing of ours open, and a background start has nothing more to do.
if (process.exitCode === undefined) process.exitCode = 0;
