import fc from "fast-check";
import { test } from "vitest";
import { storySeed } from "../../test/story.js";
import type { RecordPosition } from "../hooks.js";
import { createLaneQueue, type LaneQueue } from "./lane-queue.js";
import { finishedTo } from "./partition-log.js";
import type { Work } from "./work.js";

const topics = ["u", "v", "w"] as const;
const keys = ["anna", "ben"] as const;
type Topic = (typeof topics)[number];
type Key = (typeof keys)[number];

/** An event as the naive model knows it: what became of it, without any order but the arrivals'. */
interface Event {
  readonly topic: Topic;
  readonly key: Key;
  readonly offset: number;
  readonly cause: RecordPosition | null;
  arrival: number;
  state: "on the log" | "waiting" | "taken" | "settled" | "finished";
  notBeforeMs: number;
}

/** The naive model: a list of events that is searched through for every question. */
class Model {
  readonly events: Event[] = [];
  readonly works = new Map<Event, Work<string>>();
  readonly emptyBelow = new Map<string, number>();
  nowMs = 0;
  arrivals = 0;

  on = (topic: string) => this.events.filter((event) => event.topic === topic);
  of = (key: Key, state: Event["state"]) => this.events.filter((event) => event.key === key && event.state === state);
  in = (state: Event["state"]) => this.events.filter((event) => event.state === state);
  /** The fetch position. */
  next = (topic: string) => this.on(topic).filter(({ state }) => state !== "on the log").length;
  known = (key: Key, topic: string) => Math.max(this.next(topic), this.emptyBelow.get(`${key} ${topic}`) ?? 0);

  /** The rule: one at a time, in order of offset in a topic, behind what backs off, and after its cause (P5, P6, P7). */
  mayRun(event: Event): boolean {
    const others = this.of(event.key, "waiting").filter((other) => other !== event);
    const isFirst = others.every((other) => other.topic !== event.topic || other.offset > event.offset);
    const backsOff = [event, ...others].some((o) => o.notBeforeMs > this.nowMs && o.arrival <= event.arrival);
    const { cause } = event;
    const isCaused =
      cause === null ||
      (this.known(event.key, cause.topic) > cause.offset &&
        others.every((other) => other.topic !== cause.topic || other.offset > cause.offset));
    return this.of(event.key, "taken").length === 0 && isFirst && !backsOff && isCaused;
  }

  runnable = () => this.in("waiting").filter((event) => this.mayRun(event));
  finishedTo = (topic: string) =>
    this.on(topic).find(({ state }) => !["on the log", "finished"].includes(state))?.offset ?? this.next(topic);
}

type Queue = LaneQueue<string>;
type Command = fc.Command<Model, Queue>;

/** Thousands of questions a second: `expect` would take most of the time. */
function same<T>(real: T, wanted: T, what: string) {
  if (real !== wanted) throw new Error(`${what}: the queue says ${real}, the model ${wanted}`);
}

/** A command whose name is a sentence. */
const command = (
  story: string,
  may: (model: Model) => boolean,
  run: (model: Model, queue: Queue) => void,
): Command => ({
  check: may,
  run(model, queue) {
    run(model, queue);
    for (const topic of topics) {
      const log = queue.log({ topic, partition: 0 });
      same(log && finishedTo(log), model.finishedTo(topic), `what may be committed of ${topic}`);
    }
    for (const key of keys) {
      const rests = model.of(key, "waiting").length + model.of(key, "taken").length === 0;
      same(queue.isIdle(key), rests, `whether ${key} is idle`);
      // What a scan found is forgotten with the last waiting event: one that comes back is held until the next scan.
      if (rests) for (const topic of topics) model.emptyBelow.delete(`${key} ${topic}`);
    }
  },
  toString: () => story,
});

const always = () => true;
const nameOf = ({ topic, offset }: Pick<Event, "topic" | "offset">) => `${topic}${offset}`;

/** An event comes onto a log; it may name the key's last event of another topic, or another key's, as its cause. */
/** Something is written behind the log's end; what may be named as its cause lies at another log's end. */
const write = (model: Model, topic: Topic, key: Key, after: Topic | null) => {
  const cause = after === null ? null : { topic: after, partition: 0, offset: model.on(after).length - 1 };
  const offset = model.on(topic).length;
  model.events.push({ topic, key, offset, cause, arrival: -1, state: "on the log", notBeforeMs: 0 });
};

const bring = (model: Model, queue: Queue, topic: Topic, count: number) => {
  const unread = model.on(topic).filter(({ state }) => state === "on the log");
  const fetched = unread.slice(0, count);
  for (const event of fetched) Object.assign(event, { state: "waiting", arrival: model.arrivals++ });
  const place = { topic, partition: 0 };
  const works = fetched.map(({ key, offset, cause }) => ({
    ...{ ...place, offset, orderKey: key, causes: cause ? [cause] : [], bytes: 1, item: nameOf({ topic, offset }) },
  }));
  queue.add(place, model.next(topic), works);
};

const story = (topic: Topic, key: Key, after: Topic | null) =>
  `an event of ${key} is written to ${topic}${after ? `, caused by the last one on ${after}` : ""}`;
const mayWrite = (topic: Topic, after: Topic | null) => (model: Model) =>
  after !== topic && (after === null || model.on(after).length > 0);

const publish = (topic: Topic, key: Key, after: Topic | null) =>
  command(story(topic, key, after), mayWrite(topic, after), (model) => write(model, topic, key, after));

const publishAndFetch = (topic: Topic, key: Key, after: Topic | null) =>
  command(`${story(topic, key, after)}, and ${topic} is fetched`, mayWrite(topic, after), (model, queue) => {
    write(model, topic, key, after);
    bring(model, queue, topic, Number.POSITIVE_INFINITY);
  });

const fetch = (topic: Topic, count: number) =>
  command(
    `a fetch brings ${count} of ${topic}`,
    (model) => model.next(topic) < model.on(topic).length,
    (model, queue) => bring(model, queue, topic, count),
  );

/** Takes what the queue gives, which is what the model lets run: of its key the first arrival; nothing where nothing may. */
const takeNext = (model: Model, queue: Queue): Event | undefined => {
  const work = queue.take();
  const first = model
    .runnable()
    .filter(({ key }) => work === null || key === work.orderKey)
    .sort((one, other) => one.arrival - other.arrival)[0];
  same(work?.item ?? "nothing", first ? nameOf(first) : "nothing", "what is taken");
  if (!work || !first) return undefined;
  first.state = "taken";
  model.works.set(first, work);
  return first;
};

const take = command("the next event is taken", always, takeNext);

const workOf = (model: Model, event: Event): Work<string> => model.works.get(event) as Work<string>;

const end = (model: Model, queue: Queue, event: Event) => {
  queue.settle(workOf(model, event));
  queue.finish(workOf(model, event));
  event.state = "finished";
};

const handled = command(
  "the event that was taken first is done",
  (model) => model.in("taken").length > 0,
  (model, queue) => end(model, queue, model.in("taken")[0] as Event),
);

const takeAndHandle = command("the next event is taken and done", always, (model, queue) => {
  const event = takeNext(model, queue);
  if (event) end(model, queue, event);
});

const applied = command(
  "the event under way is applied, and not written yet",
  (model) => model.in("taken").length > 0,
  (model, queue) => {
    const event = model.in("taken")[0] as Event;
    queue.settle(workOf(model, event));
    event.state = "settled";
  },
);

const written = command(
  "what was applied is written",
  (model) => model.in("settled").length > 0,
  (model, queue) => {
    for (const event of model.in("settled")) {
      queue.finish(workOf(model, event));
      event.state = "finished";
    }
  },
);

/** Events go back to the head of their key, with a pause before the one that arrived last. */
const putBack = (model: Model, queue: Queue, events: readonly Event[], pauseMs: number) => {
  queue.putBack(
    events.map((event) => workOf(model, event)),
    model.nowMs + pauseMs,
  );
  const last = events.reduce((one, other) => (one.arrival > other.arrival ? one : other));
  for (const event of events) event.state = "waiting";
  if (pauseMs > 0) last.notBeforeMs = model.nowMs + pauseMs;
};

const fail = (model: Model, queue: Queue, event: Event, pauseMs: number) =>
  putBack(model, queue, [...model.of(event.key, "settled"), event], pauseMs);

const failed = (pauseMs: number) =>
  command(
    `the event that was taken first fails and waits ${pauseMs} ms; what was applied of its key goes back with it`,
    (model) => model.in("taken").length > 0,
    (model, queue) => fail(model, queue, model.in("taken")[0] as Event, pauseMs),
  );

const takeAndFail = (pauseMs: number) =>
  command(`the next event is taken, fails and waits ${pauseMs} ms`, always, (model, queue) => {
    const event = takeNext(model, queue);
    if (event) fail(model, queue, event, pauseMs);
  });

const rolledBack = command(
  "the transaction is rolled back",
  (model) => model.in("settled").length > 0 && model.in("taken").length === 0,
  (model, queue) => putBack(model, queue, model.in("settled"), 0),
);

const pass = (ms: number) =>
  command(`${ms} ms pass`, always, (model) => {
    model.nowMs += ms;
  });

/** A full partition is scanned ahead for the keys that wait for it. */
const scan = (topic: Topic) =>
  command(`${topic} is scanned ahead`, always, (model, queue) => {
    const log = queue.log({ topic, partition: 0 });
    if (!log) return;
    const unread = model.on(topic).filter(({ state }) => state === "on the log");
    for (const [key, offset] of queue.waitingFor(log)) {
      const foundAt = unread.find((event) => event.key === key)?.offset ?? null;
      const emptyBelow = foundAt ?? Math.min(offset + 1, model.on(topic).length);
      queue.scanned(log, key, { emptyBelow, foundAt });
      model.emptyBelow.set(`${key} ${topic}`, emptyBelow);
    }
  });

const anyTopic = fc.constantFrom(...topics);
const given = fc.tuple(anyTopic, fc.constantFrom("anna", "anna", "ben"), fc.constantFrom(null, null, ...topics));
const published = given.map((some) => publish(...some));
const arrives = given.map((some) => publishAndFetch(...some));
const fetched = fc.tuple(anyTopic, fc.constantFrom(1, 1, 3)).map((given) => fetch(...given));
const pauses = fc.constantFrom(0, 10, 500);
const passes = fc.constantFrom(10, 30).map(pass);
// What happens most stands here more than once.
const both = [published, arrives, arrives, fetched, passes, anyTopic.map(scan), pauses.map(takeAndFail)];
const handlers = [
  fc.constantFrom(take, handled),
  pauses.map(failed),
  fc.constant(takeAndHandle),
  pauses.map(takeAndFail),
];
const projections = [fc.constantFrom(take, applied), fc.constantFrom(applied, written, rolledBack), pauses.map(failed)];
const limits = { maxCommands: 60, size: "max" } as const;
const ofHandlers = fc.commands([...both, ...handlers], limits);
const ofProjections = fc.commands([...both, ...projections], limits);

test("whatever comes in whichever order, the queue gives out what the rule lets run, and only that", () => {
  const lives = fc.property(fc.oneof(ofHandlers, ofProjections), (commands) => {
    fc.modelRun(() => {
      const model = new Model();
      const real = createLaneQueue<string>({ nowMs: () => model.nowMs });
      for (const topic of topics) real.open({ topic, partition: 0 }, 0);
      return { model, real };
    }, commands);
  });
  const { failed, seed, counterexample, errorInstance } = fc.check(lives, {
    seed: storySeed(),
    numRuns: 5000,
  });
  if (!failed) return;
  const sentences = String(counterexample?.[0])
    .replace(/ \/\*.*$/s, "")
    .split(/,(?=\S)/);
  throw new Error([`seed ${seed}:`, ...sentences, String(errorInstance)].join("\n  "));
});
