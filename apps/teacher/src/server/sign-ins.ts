import { setTimeout as sleep } from "node:timers/promises";
import type { Sessions } from "./sessions.js";

/** What comes of a token: the session's cookie, or why there is none. */
export type SignIn = { readonly cookie: string } | { readonly refused: "wrong" | "too-many" };

/** Lets readers sign in: not often in vain. */
export interface SignIns {
  /** `from`: the address that the token comes from. A wrong token is answered late. */
  begin(token: string, from: string): Promise<SignIn>;
}

/** Failures of one address that wait for their answer; and of all addresses. */
const most = { address: 5, all: 200 } as const;

/**
 * A wrong token is answered after a second, and an address that has five such answers to come is not heard: five tokens a
 * second can be tried from one address.
 *
 * Invariant: `waiting` has for each address how many of its failures wait for their answer, and no other address.
 */
export function createSignIns(sessions: Sessions, delayMs = 1000): SignIns {
  const waiting = new Map<string, number>();
  const add = (from: string, count: number) => {
    const now = (waiting.get(from) ?? 0) + count;
    if (now === 0) waiting.delete(from);
    else waiting.set(from, now);
  };
  const isFull = (from: string) =>
    (waiting.get(from) ?? 0) >= most.address || [...waiting.values()].reduce((sum, one) => sum + one, 0) >= most.all;
  return {
    async begin(token, from) {
      if (isFull(from)) return { refused: "too-many" };
      const cookie = sessions.begin(token);
      if (cookie !== null) return { cookie };
      add(from, 1);
      await sleep(delayMs);
      add(from, -1);
      return { refused: "wrong" };
    },
  };
}
