import { createProjector, type Store, type Transport } from "@keyline/runtime";
import { createConsumer, defineProjection, type HandlerContext } from "@student-events/consumer";
import { type EventTopics, topics } from "@student-events/events";
import { type Fates, noteFates } from "./fates.js";

/** What both readers call with: any event of the contract. */
interface AnyEvent {
  readonly student_id: number;
  readonly event_id?: string | undefined;
  readonly timestamp: string;
  readonly payload: object;
}

const names = (Object.keys(topics) as (keyof EventTopics)[]).filter((name) => name !== "struggleDetected");

/** A handler for every topic but the one that the projection writes to. */
const onAll = <Handler>(handler: Handler) => Object.fromEntries(names.map((name) => [name, handler])) as never;

/** A running consumer and what it did. */
export interface Reader {
  readonly group: string;
  readonly fates: Fates;
  /** Resolves when it ends: to why, or to null when it was closed. */
  readonly ended: Promise<unknown>;
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

const endOf = (running: Promise<void>) =>
  running.then(
    () => null,
    (reason: unknown) => reason,
  );

/** Runs a plain consumer of all topics, which writes down the ids that it handled, by student, in their order. */
export function startConsumer(transport: Transport, handled: Map<number, string[]>): Reader {
  const fates = noteFates();
  const handler = (event: AnyEvent, _: HandlerContext) => {
    const ids = handled.get(event.student_id) ?? [];
    handled.set(event.student_id, ids);
    ids.push(event.event_id ?? "");
  };
  const group = "hostile-consumer";
  const consumer = createConsumer({ transport, groupId: group, on: onAll(handler), hooks: fates.hooks });
  const ended = endOf(consumer.run());
  return { group, fates, ended, caughtUp: () => consumer.caughtUp(), close: () => consumer.close() };
}

/** What the projection keeps of a student: the ids that it applied, in their order, and the last event, whatever it holds. */
export interface LedgerState {
  readonly ids: readonly string[];
  readonly last: unknown;
}

/** Keeps and emits all of what it is given, so that what a record holds reaches the store and the log again. */
const ledger = defineProjection<LedgerState>({
  name: "hostile-ledger",
  initial: () => ({ ids: [], last: null }),
  on: onAll((state: LedgerState, event: AnyEvent, ctx: Emitter) => {
    ctx.emit.struggleDetected({
      student_id: event.student_id,
      timestamp: event.timestamp,
      payload: { ...alert(ctx), trigger_data: { id: event.event_id, payload: event.payload } },
    });
    return { ids: [...state.ids, event.event_id ?? ""], last: event };
  }),
});

interface Emitter {
  readonly emit: { struggleDetected(event: object): void };
  uuid(purpose: string): string;
}

const alert = (ctx: Emitter) => ({ alert_id: ctx.uuid("alert"), trigger_type: "quiz_fail", severity: "low" });

/** Runs the projection. */
export function startLedger(transport: Transport, store: Store): Reader {
  const fates = noteFates();
  const retry = { attempts: 2, firstDelayMs: 1 };
  const projector = createProjector({ projection: ledger, transport, store, retry, hooks: fates.hooks });
  const ended = endOf(projector.run());
  return { group: ledger.name, fates, ended, caughtUp: () => projector.caughtUp(), close: () => projector.close() };
}

/** The ids that the projection applied of a student. */
export async function idsIn(store: Store, student: number): Promise<readonly string[]> {
  const key = String(student);
  const rows = await store.readStates({ app: ledger.name, domain: "students" }, [key]);
  return (rows.get(key)?.state as LedgerState | undefined)?.ids ?? [];
}
