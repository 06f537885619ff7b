import type { RunningApp } from "./run-app.js";

interface Closable {
  close(): Promise<void>;
}

/** Remembers a resource, and gives it back. */
export type Opened = <Resource extends Closable>(resource: Resource) => Resource;

/**
 * Starts an app that opens resources: they are closed with it, the last that was opened first; at once where it cannot
 * start.
 * Invariant: `resources` holds every resource that was opened, in that order, from the moment it was.
 */
export async function withResources(
  start: (opened: Opened) => Promise<Omit<RunningApp, "close">>,
): Promise<RunningApp> {
  const resources: Closable[] = [];
  const close = async () => {
    for (const resource of resources.toReversed()) await resource.close();
  };
  const opened: Opened = (resource) => {
    resources.push(resource);
    return resource;
  };
  try {
    return { ...(await start(opened)), close };
  } catch (caught) {
    await close();
    throw caught;
  }
}
