import type { Socket } from "node:net";

/** What does not arrive: what clients ask, what the broker answers, or neither. */
export type Direction = "requests" | "answers" | "both";

/** Connections of clients, and which of them are half-open: kept, with nothing arriving. */
export interface Connections {
  opened(client: Socket): void;
  closed(client: Socket): void;
  /** The open ones fall silent in the direction for good, and so does each that is opened within `forMs`. */
  silence(direction: Direction, forMs: number): void;
  /** Whether what goes in the direction arrives. */
  passes(client: Socket, direction: Exclude<Direction, "both">): boolean;
  /** How many are open. */
  open(): number;
  /** How many of the open ones are silent. */
  silent(): number;
}

/**
 * Invariant: `clients` has every connection that is open, with the direction in which it is silent, or null. Until `untilMs`
 * those that are opened become silent in `next`.
 */
export function createConnections(): Connections {
  const clients = new Map<Socket, Direction | null>();
  let next: Direction = "both";
  let untilMs = 0;
  return {
    opened: (client) => void clients.set(client, performance.now() < untilMs ? next : null),
    closed: (client) => void clients.delete(client),
    silence(direction, forMs) {
      next = direction;
      untilMs = performance.now() + forMs;
      for (const [client, before] of clients) clients.set(client, before === null ? direction : "both");
    },
    passes(client, direction) {
      const silent = clients.get(client);
      return silent !== "both" && silent !== direction;
    },
    open: () => clients.size,
    silent: () => [...clients.values()].filter((direction) => direction !== null).length,
  };
}
