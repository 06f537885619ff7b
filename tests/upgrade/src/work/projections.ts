import type { Context, Definition, Event } from "../versions/version.ts";

/** What both projections keep of a key: the text of each thing that was applied, in order. */
export interface Log {
  readonly log: readonly string[];
}

/** The text of a key's event number n, and of the timer that it sets. */
export const eventText = (n: number): string => `e${n}`;
export const timerText = (n: number): string => `t${n}`;

/** Whether event number n sets a timer. */
export const setsTimer = (n: number): boolean => n % 5 === 0;

export interface TallyOptions {
  /** How long after its event a timer is due. */
  readonly timerMs: number;
  /** Which events of which keys their reducer throws for. */
  readonly refuses?: (key: string, text: string) => boolean;
}

/** Writes down all that it applies, and emits each line: what it emitted is what it wrote, in the same order. */
export function tally({ timerMs, refuses = () => false }: TallyOptions): Definition<Log> {
  const add = ({ log }: Log, text: string, ctx: Context): Log => {
    ctx.emit.learningResponse({ student_id: Number(ctx.key), payload: { agent: "concepts", response: text } });
    return { log: [...log, text] };
  };
  const reduce = (state: Log, { payload }: Event, ctx: Context): Log => {
    const text = payload.query ?? payload.code ?? "";
    if (refuses(ctx.key, text)) throw new Error(`${text} is refused`);
    const n = Number(text.slice(1));
    if (setsTimer(n)) ctx.timer.set(timerText(n), ctx.timeMs + timerMs);
    return add(state, text, ctx);
  };
  return {
    name: "tally",
    initial: () => ({ log: [] }),
    on: { learningQuery: reduce, codeSubmitted: reduce },
    onTimer: (state, { name }, ctx) => add(state, name, ctx),
  };
}

/** Writes down what the tally emits. It remembers no ids: what was published twice it knows by its number alone. */
export function books(): Definition<Log> {
  return {
    name: "books",
    initial: () => ({ log: [] }),
    on: { learningResponse: ({ log }, { payload }) => ({ log: [...log, payload.response ?? ""] }) },
    rememberIds: 0,
  };
}
