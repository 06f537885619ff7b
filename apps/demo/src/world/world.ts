import type { Transport } from "@keyline/runtime";
import type { MemoryCluster } from "@keyline/runtime/memory";
import { createEmbeddedCluster } from "@student-events/platform";
import { type DemoStore, openDemoStore } from "../pipeline/store.js";

/** Where a demo runs. */
export interface World {
  /** A connection, as of a process of its own. */
  connect(): Transport;
  readonly store: DemoStore;
  /** The cluster, where it is in this process: only that one can be harmed on purpose. */
  readonly embedded: MemoryCluster | null;
  close(): Promise<void>;
}

/** A cluster and a store in this process, gone when it ends. */
export async function openEmbeddedWorld(): Promise<World> {
  const embedded = createEmbeddedCluster();
  const store = await openDemoStore();
  return { connect: () => embedded.transport(), store, embedded, close: () => store.close() };
}
