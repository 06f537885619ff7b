import {
  createProjector,
  type Hooks,
  type KeylineError,
  type ProjectorOptions,
  type RecordPosition,
  type ReducerContext,
  type Store,
} from "@keyline/runtime";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { expect } from "vitest";
import { defineProjection, type OrderEvent, type OrderTopics } from "../kit/orders.js";
import type { TestProcess } from "../kit/process.js";
import { headerOf, keyOf, payloadOf, range, until, type World } from "../kit/world.js";
import { type StoreFaults, storeOf } from "./stores.js";

/** What the test projections keep: a line for each thing that was applied, in order. */
export interface Ledger {
  readonly log: readonly string[];
}

export type LedgerContext = ReducerContext<OrderTopics>;

export interface LedgerOptions {
  /** Called first; may throw, set timers, emit. */
  readonly before?: (name: string, event: OrderEvent, ctx: LedgerContext) => void;
  /** Whether each event emits one: to `rated` for what was shipped, else to `invoiced`. Default true. */
  readonly emits?: boolean;
  readonly onTimer?: (name: string, ctx: LedgerContext) => void;
}

/** A projection that writes down all that it applies and emits the count. */
export function ledger({ before, emits = true, onTimer }: LedgerOptions = {}) {
  const reduce = (name: "placed" | "paid" | "shipped") => (state: Ledger, event: OrderEvent, ctx: LedgerContext) => {
    before?.(name, event, ctx);
    const log = [...state.log, `${name} ${event.n}`];
    const output = { order_id: event.order_id, n: log.length };
    if (emits) (name === "shipped" ? ctx.emit.rated : ctx.emit.invoiced)(output);
    return { log };
  };
  return defineProjection<Ledger>({
    name: "ledger",
    initial: () => ({ log: [] }),
    on: { placed: reduce("placed"), paid: reduce("paid"), shipped: reduce("shipped") },
    onTimer: (state, timer, ctx) => {
      onTimer?.(timer.name, ctx);
      return { log: [...state.log, `timer ${timer.name}`] };
    },
  });
}

/** A projection of the first one's outputs. */
export function books() {
  const reduce = (name: "invoiced" | "rated") => (state: Ledger, event: OrderEvent) => ({
    log: [...state.log, `${name} ${event.n}`],
  });
  return defineProjection<Ledger>({
    name: "books",
    initial: () => ({ log: [] }),
    on: { invoiced: reduce("invoiced"), rated: reduce("rated") },
  });
}

export type RunOptions = Partial<Omit<ProjectorOptions, "store">> & {
  readonly process?: TestProcess;
  readonly faults?: StoreFaults;
  /** Do not wait for the start. */
  readonly background?: boolean;
  /** Called as soon as a lane begins to wait. */
  laneWaits?(event: Seen<"laneWaiting">[number]): void;
};

type Seen<Name extends keyof Hooks> = Parameters<NonNullable<Hooks[Name]>>[0][];

/** Runs a projection in a process of its own. `ended` resolves to what stopped it, null when it was closed. */
export async function runProjection(world: World, store: Store, options: RunOptions = {}) {
  const { process = world.process(), faults, background, laneWaits, projection = ledger(), ...rest } = options;
  const seen = {
    handled: [] as Seen<"handled">,
    ignored: [] as Seen<"ignored">,
    sequenceIgnored: [] as Seen<"sequenceIgnored">,
    fenced: [] as Seen<"fenced">,
    laneTaken: [] as Seen<"laneTaken">,
    laneLost: [] as Seen<"laneLost">,
    laneWaiting: [] as Seen<"laneWaiting">,
    retried: [] as Seen<"retried">,
    held: [] as Seen<"held">,
    timerDropped: [] as Seen<"timerDropped">,
    parked: [] as Seen<"parked">,
    unparked: [] as Seen<"unparked">,
    releaseEnded: [] as Seen<"releaseEnded">,
    deadLettered: [] as (RecordPosition & { readonly key: string | null; readonly error: KeylineError })[],
  };
  const note =
    <Name extends keyof typeof seen>(name: Name) =>
    (event: (typeof seen)[Name][number]) =>
      void (seen[name] as unknown[]).push(event);
  const projector = createProjector({
    projection,
    transport: process.transport,
    store: storeOf(store, process, faults),
    retry: { firstDelayMs: 5 },
    hooks: {
      handled: note("handled"),
      ignored: note("ignored"),
      sequenceIgnored: note("sequenceIgnored"),
      fenced: note("fenced"),
      laneTaken: note("laneTaken"),
      laneLost: note("laneLost"),
      laneWaiting(event) {
        seen.laneWaiting.push(event);
        laneWaits?.(event);
      },
      retried: note("retried"),
      held: note("held"),
      timerDropped: note("timerDropped"),
      parked: note("parked"),
      unparked: note("unparked"),
      releaseEnded: note("releaseEnded"),
      deadLettered: note("deadLettered"),
    },
    ...rest,
  });
  world.atEnd(() => projector.close().catch(() => undefined));
  const ended: Promise<unknown> = projector.run().then(
    () => null,
    (error: unknown) => error,
  );
  if (!background) await until(() => expect(seen.laneTaken.length + seen.laneLost.length).toBeGreaterThan(0));
  return { projector, process, seen, ended };
}

/** What a key's ledger says. */
export async function logOf(store: Store, key: number, app = "ledger"): Promise<readonly string[]> {
  const rows = await store.readStates({ app, domain: "orders" }, [String(key)]);
  return ((rows.get(String(key))?.state as Ledger | undefined)?.log ?? []) as readonly string[];
}

/** The outputs of a key as they lie on the logs. */
export async function outputsOf(world: World, key: number): Promise<readonly ConsumerRecord[]> {
  const all = await Promise.all(["orders.invoiced", "orders.rated"].map((topic) => world.cluster.readAll(topic)));
  return all.flat().filter((record) => keyOf(record) === String(key));
}

/** One output: its sequence number and the number's scope, and what it says. */
interface Output {
  readonly speaker: string;
  readonly number: number;
  readonly n: number;
  readonly id: string;
}

/** The outputs of a key, each once however often it was sent; what has one number has one content and one id. */
export async function distinctOutputs(world: World, key: number): Promise<readonly Output[]> {
  const found = new Map<string, Output>();
  for (const record of await outputsOf(world, key)) {
    const { n, event_id } = payloadOf(record);
    // What a lane publishes for another lane's key has no number: its readers know it again by its id.
    const sequence = headerOf(record, "keyline-seq") ?? event_id;
    const [speaker = "", number = "0"] = sequence.split("#");
    const output = { speaker, number: Number(number), n, id: event_id };
    expect(found.get(sequence) ?? output, `output ${sequence} of ${key}`).toEqual(output);
    found.set(sequence, output);
  }
  const outputs = [...found.values()];
  expect(new Set(outputs.map(({ id }) => id)).size).toBe(outputs.length);
  return outputs;
}

/** Every output of `count` events of a key is on the log, once after its readers' deduplication, numbered without a gap. */
export async function expectOutputs(world: World, key: number, count: number): Promise<void> {
  const outputs = await distinctOutputs(world, key);
  expect(outputs.map(({ n }) => n).sort((a, b) => a - b)).toEqual(range(1, count + 1));
  const bySpeaker = Map.groupBy(outputs, ({ speaker }) => speaker);
  for (const [speaker, ofOne] of bySpeaker) {
    if (!speaker.startsWith("ledger")) continue;
    expect(ofOne.map(({ number }) => number).sort((a, b) => a - b)).toEqual(range(1, ofOne.length + 1));
  }
}
