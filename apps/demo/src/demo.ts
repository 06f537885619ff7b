import { runClass } from "./demo/run-class.js";
import { summaryLines } from "./demo/summary.js";
import { createScreen, usesColours } from "./live/screen.js";
import { type DemoOptions, demoHelp, readDemoOptions } from "./options.js";
import { judge } from "./verify/verdict.js";
import { openKafkaWorld } from "./world/kafka-world.js";
import { openEmbeddedWorld, type World } from "./world/world.js";

const drawEveryMs = 200;
/** The summary stands after 30 s at the latest; this is when the outcome is looked at, whatever is missing. */
const lookAfterMs = 26_000;

/** The command `demo`. Resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readDemoOptions(args);
  if (options === "help") {
    process.stdout.write(demoHelp);
    return 0;
  }
  if ("problem" in options) {
    process.stderr.write(`${options.problem}\n\n${demoHelp}`);
    return 2;
  }
  let interrupt = (): void => process.exit(130);
  process.on("SIGINT", () => interrupt());
  const interrupted = () =>
    new Promise<void>((resolve) => {
      interrupt = () => {
        resolve();
        // npm hands on what the terminal has sent already: this one is not a second request.
        interrupt = () => {};
        setTimeout(() => {
          interrupt = () => process.exit(130);
        }, 500).unref();
      };
    });
  try {
    return await demo(options, interrupted);
  } catch (caught) {
    process.stderr.write(`the demo could not run: ${caught instanceof Error ? caught.stack : caught}\n`);
    return 1;
  }
}

/** Resolves when the demo is interrupted, which ends it at once before. */
type Interrupted = () => Promise<void>;

async function demo(options: DemoOptions, interrupted: Interrupted): Promise<number> {
  const output = process.stdout;
  const say = (line: string) => void output.write(`${line}\n`);
  say(`starting both apps on ${options.kafka ? "Apache Kafka and PostgreSQL" : "an embedded cluster and store"}`);
  const world = options.kafka ? await openKafkaWorld(process.env, say) : await openEmbeddedWorld();
  try {
    return await play(options, world, interrupted);
  } finally {
    await world.close();
  }
}

async function play(options: DemoOptions, world: World, interrupted: Interrupted): Promise<number> {
  const deadlineMs = performance.now() + lookAfterMs;
  const output = process.stdout;
  const colours = usesColours(output);
  const run = await runClass(options, world, { signal: new AbortController().signal, deadlineMs });
  output.write(`the teacher's page: ${run.teacherUrl}\n\n`);
  const screen = createScreen(output);
  const startMs = performance.now();
  const draw = (isLast = false) => {
    const elapsedMs = performance.now() - startMs;
    const { model, clock } = run;
    const classMs = clock.now();
    const totalMs = options.seconds * 1000;
    const shownMs = isLast ? totalMs : elapsedMs;
    screen.show({ model, handled: run.handled(), elapsedMs: shownMs, totalMs, classMs, colours }, isLast);
  };
  const timer = setInterval(() => draw(), drawEveryMs);
  const evidence = await run.evidence.finally(() => clearInterval(timer));
  draw(true);
  screen.end();
  const verdict = judge(evidence);
  for (const line of summaryLines(options, run, { evidence, verdict, colours })) output.write(`${line}\n`);
  if (staysUp(options)) {
    output.write(`\nthe class goes on, slowly, on the teacher's page: ${run.teacherUrl}\nCtrl-C ends it\n`);
    const stop = new AbortController();
    const playing = run.goOn(stop.signal);
    await interrupted();
    stop.abort();
    await playing;
  }
  await run.close();
  return verdict.findings.length === 0 ? 0 : 3;
}

/** On a terminal the page may be looked at; elsewhere the end is waited for. */
function staysUp({ once }: DemoOptions): boolean {
  return !once && process.stdin.isTTY === true && process.stdout.isTTY === true;
}
