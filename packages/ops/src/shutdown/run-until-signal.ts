import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { type LoggerLike, type WriteLine, writerOf } from "../logs/loggers.js";

/** A part of a service: a consumer, a projector, a producer, a store, a transport, a server. */
export interface Running {
  /** Runs until it is closed; rejects when it cannot go on. Absent: it is only closed. */
  run?(): Promise<unknown>;
  /** Finishes the work in progress. Absent: there is nothing to close. */
  close?(options?: { readonly timeoutMs?: number }): Promise<unknown>;
}

/** A signal that asks a process to end. */
export type EndSignal = "SIGINT" | "SIGTERM";

/** The part of `process` that is used; tests pass their own. */
export interface SignalledProcess {
  on(signal: EndSignal, listener: () => void): unknown;
  off(signal: EndSignal, listener: () => void): unknown;
  exit(code: number): void;
  exitCode?: number | string | null | undefined;
  readonly stderr: { write(text: string): unknown };
}

/** How {@link runUntilSignal} ends; all are optional. */
export interface RunOptions {
  /**
   * How long closing may take (milliseconds). Default 25,000, less than the 30 s after which Kubernetes kills. What is
   * not closed by then is abandoned and the process exits with 1: no data is lost, and another copy repeats unfinished
   * work.
   */
  readonly timeoutMs?: number;
  /**
   * A logger such as pino, winston or `console`: gets a line about the signal, about what could not be closed, and about the end.
   * Default none: then only what is abandoned after `timeoutMs` is written, to stderr.
   */
  readonly logger?: LoggerLike;
  /** The process whose signals end the service. Default: this process. */
  readonly process?: SignalledProcess;
}

const runNames: NamesOf<RunOptions> = { timeoutMs: true, logger: true, process: true };

/** What a signal makes of a process that does nothing about it. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** The part of the time that consumers and projectors have; the rest is for what they use. */
const share = 0.8;

/**
 * Runs a service until SIGTERM or SIGINT, until a consumer cannot go on, or until all have ended; then closes
 * everything: first consumers and projectors, concurrently, then the others in the order given. A second signal ends
 * the process at once.
 *
 * `service` is the list of parts, or a function that opens it: then a signal during opening is handled too, and fires
 * `stopping`. If the function rejects, it has to close what it had opened.
 *
 * Resolves with the signal, or null if all have ended by themselves. `process.exitCode` is 130 after SIGINT. Rejects
 * with the error of a consumer or of the opening, and with `options_invalid` for an unknown option.
 */
export async function runUntilSignal(
  service: readonly Running[] | ((stopping: AbortSignal) => Promise<readonly Running[]>),
  options: RunOptions = {},
): Promise<EndSignal | null> {
  checkNames("cannot run the service", options, runNames);
  const { timeoutMs = 25_000, logger, process: own = process } = options;
  const log: WriteLine = logger ? writerOf(logger) : () => undefined;
  const heard = listen(own);
  try {
    const opened = await openUntil(service, heard);
    if (!Array.isArray(opened)) return opened as EndSignal;
    const all = opened as readonly Running[];
    // What was opened after the signal is closed without being run.
    const running = heard.stopping.aborted ? [heard.signal] : [heard.signal, allEnded(all)];
    const ended = await Promise.race(running).catch((caught: unknown) => ({ caught }));
    const startMs = performance.now();
    const isFailure = typeof ended === "object" && ended !== null;
    log(isFailure ? "error" : "info", `${reasonOf(ended)}: closing`, {});
    const failures = await closeInTime(all, timeoutMs, (code, text) => {
      if (logger) log("error", text, {});
      else own.stderr.write(`${text}\n`);
      own.exit(code);
    });
    for (const failure of failures) log("error", `cannot close: ${messageOf(failure)}`, {});
    log("info", `closed in ${Math.round(performance.now() - startMs)} ms`, {});
    // What failed first comes before what failed by it.
    if (isFailure) throw ended.caught;
    if (failures.length > 0) throw failures[0];
    return ended;
  } finally {
    heard.end();
  }
}

/** Why the service ends. */
function reasonOf(ended: EndSignal | null | { readonly caught: unknown }): string {
  if (ended === null) return "everything has ended";
  return typeof ended === "string" ? ended : `cannot go on: ${messageOf(ended.caught)}`;
}

const messageOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));

interface Heard {
  /** Resolves with the first signal. */
  readonly signal: Promise<EndSignal>;
  /** Fires with it. */
  readonly stopping: AbortSignal;
  end(): void;
}

/** Invariant: `first` is the first signal that came; from then on one more ends the process. */
function listen(own: SignalledProcess): Heard {
  const { promise: signal, resolve } = Promise.withResolvers<EndSignal>();
  const stopping = new AbortController();
  let first: EndSignal | null = null;
  const on = (name: EndSignal) => () => {
    if (first !== null) return own.exit(codes[name]);
    first = name;
    if (name === "SIGINT") own.exitCode = codes.SIGINT;
    stopping.abort();
    resolve(name);
  };
  const listeners = { SIGINT: on("SIGINT"), SIGTERM: on("SIGTERM") } as const;
  for (const name of ["SIGINT", "SIGTERM"] as const) own.on(name, listeners[name]);
  return {
    signal,
    stopping: stopping.signal,
    end() {
      for (const name of ["SIGINT", "SIGTERM"] as const) own.off(name, listeners[name]);
    },
  };
}

/** Opens what is to run; resolves to the signal where one came meanwhile and kept it from that. */
async function openUntil(
  service: Parameters<typeof runUntilSignal>[0],
  { signal, stopping }: Heard,
): Promise<readonly Running[] | EndSignal> {
  if (typeof service !== "function") return service;
  try {
    return await service(stopping);
  } catch (caught) {
    if (stopping.aborted) return signal;
    throw caught;
  }
}

/** Resolves when everything that runs has ended, never where nothing does; rejects with the first that cannot go on. */
async function allEnded(all: readonly Running[]): Promise<null> {
  const runs = all.filter(({ run }) => run !== undefined);
  if (runs.length === 0) return new Promise(() => {});
  await Promise.all(runs.map((one) => one.run?.()));
  return null;
}

/** Closes everything, and gives back what failed; but does not wait for ever: the process will be killed soon, and one that hangs on keeps its lanes. */
async function closeInTime(
  all: readonly Running[],
  timeoutMs: number,
  exit: (code: number, text: string) => void,
): Promise<readonly unknown[]> {
  const text = `not closed within ${timeoutMs} ms: no data is lost, unfinished work is repeated by another copy`;
  const timer = setTimeout(() => exit(1, text), Math.min(timeoutMs, 2 ** 31 - 1));
  const isRunning = ({ run }: Running) => run !== undefined;
  const failures: unknown[] = [];
  const close = async (one: Running, limitMs?: number) => {
    try {
      // Servers' `close` may take nothing, or a callback: Fastify's refuses an object.
      await (limitMs === undefined ? one.close?.() : one.close?.({ timeoutMs: limitMs }));
    } catch (caught) {
      failures.push(caught);
    }
  };
  try {
    await Promise.all(all.filter(isRunning).map((one) => close(one, timeoutMs * share)));
    for (const one of all.filter((each) => !isRunning(each))) await close(one);
  } finally {
    clearTimeout(timer);
  }
  return failures;
}
