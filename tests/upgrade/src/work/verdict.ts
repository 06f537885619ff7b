import { eventText, setsTimer, timerText } from "./projections.ts";

/** An output as it lies on the log. */
export interface Output {
  readonly key: string;
  /** Its number, as the header `keyline-seq` names it; null where it has none. */
  readonly sequence: string | null;
  readonly text: string;
}

/** What a run left behind. */
export interface Evidence {
  /** Each key was sent its events 0 up to, not including, this number. */
  readonly sentEach: number;
  readonly keys: readonly string[];
  /** What each key's states say, by app. */
  readonly tally: ReadonlyMap<string, readonly string[]>;
  readonly books: ReadonlyMap<string, readonly string[]>;
  /** In the order of the log. */
  readonly outputs: readonly Output[];
  /** Rows that ought to be gone. */
  readonly outboxRows: number;
  readonly parkedRows: number;
  /** The timers that the wall clock fired, `<key> <name>`. */
  readonly fired: readonly string[];
}

/** What was found wrong, a line each; and how often an output was published again, which its readers have to bear. */
export interface Verdict {
  readonly twice: readonly string[];
  readonly lost: readonly string[];
  readonly outOfOrder: readonly string[];
  readonly republished: number;
}

/** How much was wrong, with examples. */
export const brief = ({ twice, lost, outOfOrder }: Wrong) => ({
  ...{ twice: twice.length, lost: lost.length, outOfOrder: outOfOrder.length },
  examples: [twice, lost, outOfOrder].flatMap((found) => found.slice(0, 3)),
});

/** What `brief` says where all is well. */
export const nothingWrong = { twice: 0, lost: 0, outOfOrder: 0, examples: [] };

type Wrong = Omit<Verdict, "republished">;

/** Judges what each key's effects are by what was sent, and the log and the states by each other. */
export function judge(evidence: Evidence): Verdict {
  const outputs = Map.groupBy(evidence.outputs, ({ key }) => key);
  const distinct = evidence.keys.map((key) => distinctOutputs(key, outputs.get(key) ?? []));
  const found = evidence.keys.flatMap((key, index) => {
    const log = evidence.tally.get(key) ?? [];
    return [
      compared(
        `tally of ${key}`,
        sentEvents(evidence.sentEach),
        log.filter((text) => text.startsWith("e")),
      ),
      compared(`timers of ${key}`, setTimers(evidence.sentEach), sortedTimers(log)),
      compared(`outputs of ${key}`, log, distinct[index]?.texts ?? []),
      compared(`books of ${key}`, log, evidence.books.get(key) ?? []),
    ];
  });
  const left: Wrong = {
    twice: repeated(evidence.fired).map((timer) => `timer ${timer} fired by the clock`),
    lost: [
      ...(evidence.outboxRows > 0 ? [`${evidence.outboxRows} outputs were not published`] : []),
      ...(evidence.parkedRows > 0 ? [`${evidence.parkedRows} events are parked`] : []),
    ],
    outOfOrder: distinct.flatMap(({ misnumbered }) => misnumbered),
  };
  const all = [...found, left];
  return {
    twice: all.flatMap(({ twice }) => twice),
    lost: all.flatMap(({ lost }) => lost),
    outOfOrder: all.flatMap(({ outOfOrder }) => outOfOrder),
    republished: distinct.reduce((sum, { again }) => sum + again, 0),
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const sentEvents = (count: number) => numbers(count).map(eventText);
const setTimers = (count: number) => numbers(count).filter(setsTimer).map(timerText);

/** Timers fire when their turn comes, which may be before or after a later event: in no order that could be asked for. */
const sortedTimers = (log: readonly string[]) =>
  log.filter((text) => text.startsWith("t")).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));

function repeated(texts: readonly string[]): readonly string[] {
  return texts.filter((text, index) => texts.indexOf(text) !== index);
}

/** How one list differs from the one that it has to be. */
function compared(what: string, wanted: readonly string[], found: readonly string[]): Wrong {
  const places = new Map(wanted.map((text, index) => [text, index]));
  const unknown = found.filter((text) => !places.has(text));
  const indexes = [...new Set(found)].map((text) => places.get(text) ?? -1);
  const late = indexes.filter((index, at) => at > 0 && index < (indexes[at - 1] ?? 0));
  return {
    twice: [...repeated(found), ...unknown].map((text) => `${what}: ${text}`),
    lost: wanted.filter((text) => !found.includes(text)).map((text) => `${what}: ${text}`),
    outOfOrder: late.map((index) => `${what}: ${wanted[index]}`),
  };
}

/** A key's outputs, each once: two of one number have to be one output. Numbers have to grow by one. */
function distinctOutputs(key: string, outputs: readonly Output[]) {
  const bySequence = new Map<string, string>();
  const misnumbered: string[] = [];
  for (const { sequence, text } of outputs) {
    const known = bySequence.get(sequence ?? "");
    const expected = `tally#${bySequence.size + 1}`;
    if (known === undefined && sequence === expected) bySequence.set(sequence, text);
    else if (known !== text) misnumbered.push(`outputs of ${key}: ${text} is ${sequence}, not ${expected}`);
  }
  return { texts: [...bySequence.values()], misnumbered, again: outputs.length - misnumbered.length - bySequence.size };
}
