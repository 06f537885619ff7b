import type { Cluster, Version } from "../versions/version.ts";
import { books, tally } from "../work/projections.ts";
import type { Member } from "../work/rolling.ts";
import { type Life, mortal } from "./mortal.ts";

/** Where members run. */
export interface World {
  readonly cluster: Cluster;
  /** An open PGlite database. */
  readonly database: unknown;
  readonly schema: string;
  readonly timerMs: number;
  /** Told what ended a member that nothing was to end. */
  failed(member: string, error: unknown): void;
  /** Told of each event that a version has applied. */
  applied(by: Version["name"]): void;
}

const publishingMs = 150;

/**
 * A process of both apps; before it is killed it publishes what it does not get to note as published.
 * Invariant: `isEnding` is true from the moment at which `close` or `kill` is called, so `failed` is told of a runner's end
 * only where nothing asked for it. `life` never goes back: publishing without a note comes before death, and a member
 * that is closed has neither.
 */
export async function startMember(version: Version, world: World): Promise<Member> {
  const life: Life = { keepsPublished: false, isDead: false };
  const hangs = (call: string, [, changes]: unknown[]) =>
    life.keepsPublished && call === "write" && version.removesPublished(changes);
  const inner = world.cluster.transport();
  const transport = mortal(inner, life, () => false);
  const store = mortal(await version.pgliteStore({ database: world.database, schema: world.schema }), life, hangs);
  const runners = [tally({ timerMs: world.timerMs }), books()].map((definition) =>
    version.createRunner({
      ...{ definition: definition as never, transport, store, retry: { firstDelayMs: 5 } },
      hooks: { handled: () => world.applied(version.name) },
    }),
  );
  let isEnding = false;
  for (const runner of runners) {
    runner.run().catch((error: unknown) => {
      if (!isEnding) world.failed(version.name, error);
    });
  }
  const closeAll = () => Promise.all(runners.map((runner) => runner.close()));
  return {
    async close() {
      isEnding = true;
      await closeAll();
      await inner.close();
    },
    async kill() {
      isEnding = true;
      life.keepsPublished = true;
      await new Promise((resolve) => setTimeout(resolve, publishingMs));
      world.cluster.stall(inner);
      life.isDead = true;
      // Its own timers end; what it would say to the cluster or the store is not heard any more.
      void closeAll().catch(() => undefined);
    },
    stall: () => world.cluster.stall(inner),
  };
}
