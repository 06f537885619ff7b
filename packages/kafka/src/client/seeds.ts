import { setTimeout as sleep } from "node:timers/promises";
import { failureOf } from "../errors.js";
import type { Broker } from "./broker.js";

/** A broker on the same network has answered by then. */
const nextAfterMs = 250;

/**
 * The broker that answers first. Each is asked a little after the one before, beside it: one that takes connections and answers
 * nothing costs that moment. Where none answers, rejects with why one refused, if one did, else with what the last one said.
 */
export async function firstToAnswer(brokers: readonly Broker[]): Promise<Broker> {
  const over = new AbortController();
  const ask = async (broker: Broker, at: number) => {
    await sleep(at * nextAfterMs, undefined, { signal: over.signal });
    await broker.versions();
    return broker;
  };
  try {
    return await Promise.any(brokers.map(ask));
  } catch (caught) {
    const errors: readonly unknown[] = caught instanceof AggregateError ? caught.errors : [caught];
    throw errors.find((error) => failureOf(error).code === "transport_denied") ?? errors.at(-1);
  } finally {
    over.abort();
  }
}
