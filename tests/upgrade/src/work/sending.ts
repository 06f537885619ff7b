import { setTimeout as sleep } from "node:timers/promises";
import type { Place, Sender } from "../versions/version.ts";
import { eventText } from "./projections.ts";

/** The id of a key's event number n. */
const eventId = (key: number, n: number) =>
  `${String(key).padStart(8, "0")}-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** Sends a key's event number n, over two topics in turn; a second call sends it again, under its id. */
export function sendEvent(sender: Sender, key: number, n: number, atMs = Date.now()): Promise<Place> {
  const event_id = eventId(key, n);
  const common = { student_id: key, event_id, timestamp: new Date(atMs).toISOString() };
  if (n % 2 === 0) return sender.learningQuery({ ...common, payload: { query: eventText(n) } });
  const payload = { submission_id: event_id, module: "basics", code: eventText(n) };
  return sender.codeSubmitted({ ...common, payload });
}

/** After which events an earlier one is sent again, as an app does that got no answer. */
const againEvery = 7;
const againBack = 3;

export interface Rounds {
  readonly keys: readonly number[];
  /** How many events each key is sent. */
  readonly rounds: number;
  readonly roundMs: number;
}

/** Sends each key its events, a round at a time, and now and then an earlier one again. */
export async function sendRounds(sender: Sender, { keys, rounds, roundMs }: Rounds): Promise<void> {
  for (let n = 0; n < rounds; n += 1) {
    const isAgain = n % againEvery === againEvery - 1;
    const sent = keys.flatMap((key) => [
      sendEvent(sender, key, n),
      ...(isAgain ? [sendEvent(sender, key, n - againBack)] : []),
    ]);
    await Promise.all([...sent, sleep(roundMs)]);
  }
}
