import type { HandlerContext } from "@keyline/runtime";
import type { OrderEvent, OrderTopicName } from "./orders.js";

/** One call of a handler. */
export interface Call {
  readonly name: OrderTopicName;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly n: number;
  readonly attempt: number;
  readonly startedAt: number;
  /** Null while it runs. */
  endedAt: number | null;
  readonly who: string;
  readonly signal: AbortSignal;
}

/** Records every call of handlers, over any number of consumers. */
export interface Recorder {
  readonly calls: readonly Call[];
  /** Handlers for the topics; `run` is what each does. */
  on<Name extends OrderTopicName>(
    names: readonly Name[],
    who?: string,
    run?: (call: Call, event: OrderEvent) => Promise<void> | void,
  ): Record<Name, (event: OrderEvent, ctx: HandlerContext) => Promise<void>>;
  /** The `n` of the calls of a key, in order of their start. */
  of(key: number): number[];
  /** Pairs of calls of one key that overlapped. */
  overlaps(): readonly (readonly [Call, Call])[];
  /** Most calls under way at once. */
  most(): number;
}

/** @see Recorder */
export function createRecorder(): Recorder {
  const calls: Call[] = [];
  let moment = 0;
  let running = 0;
  let most = 0;

  return {
    calls,
    on(names, who = "", run = () => undefined) {
      const handler = (name: OrderTopicName) => async (event: OrderEvent, ctx: HandlerContext) => {
        const { topic, partition, offset, attempt, signal } = ctx;
        const place = { name, topic, partition, offset, key: ctx.key ?? "", n: event.n, attempt, who, signal };
        const call: Call = { ...place, startedAt: moment++, endedAt: null };
        calls.push(call);
        running += 1;
        most = Math.max(most, running);
        try {
          await run(call, event);
        } finally {
          running -= 1;
          call.endedAt = moment++;
        }
      };
      return Object.fromEntries(names.map((name) => [name, handler(name)])) as never;
    },
    of: (key) => calls.filter((call) => call.key === String(key)).map(({ n }) => n),
    overlaps: () =>
      calls.flatMap((one, index) =>
        calls
          .slice(index + 1)
          .flatMap((other) =>
            other.key === one.key && (one.endedAt === null || other.startedAt < one.endedAt)
              ? [[one, other] as const]
              : [],
          ),
      ),
    most: () => most,
  };
}
