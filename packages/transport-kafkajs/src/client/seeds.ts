import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ISocketFactory } from "kafkajs";
import type { KafkajsOptions } from "./options.js";

export interface SeedOptions {
  readonly connect: ISocketFactory;
  readonly ssl: KafkajsOptions["ssl"];
  /** How long each may take to answer. */
  readonly withinMs: number;
}

/** A broker on the same network has answered by then. */
const nextAfterMs = 250;

/**
 * The seed that answers first, alone; all of them where none does. Each is asked a little after the one before, beside
 * it: one that takes connections and answers nothing costs that moment, where kafkajs would wait for it again and again.
 */
export async function firstToAnswer(seeds: readonly string[], options: SeedOptions): Promise<string[]> {
  if (seeds.length === 1) return [...seeds];
  const over = new AbortController();
  const ask = async (seed: string, at: number) => {
    await sleep(at * nextAfterMs, undefined, { signal: over.signal });
    return answers(seed, options, over.signal);
  };
  try {
    return [await Promise.any(seeds.map(ask))];
  } catch {
    return [...seeds];
  } finally {
    over.abort();
  }
}

/** Resolves to the seed once it has answered a question that every broker takes from everybody. */
async function answers(seed: string, { connect, ssl, withinMs }: SeedOptions, over: AbortSignal): Promise<string> {
  const [host = "", port] = seed.split(":");
  const tls = ssl === true ? {} : ssl || undefined;
  const socket: Socket = connect({
    host,
    port: Number(port),
    ssl: tls as never,
    onConnect: () => socket.write(question),
  });
  try {
    await once(socket, "data", { signal: AbortSignal.any([over, AbortSignal.timeout(withinMs)]) });
    return seed;
  } finally {
    socket.on("error", () => undefined).destroy();
  }
}

/** ApiVersions 0: its length, key 18, version 0, correlation 0, no client's id. */
const question = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, 255, 255]);
