import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ISocketFactory } from "kafkajs";
import { hostOf } from "./address.js";

/** The connections of a transport. */
export interface Sockets {
  readonly factory: ISocketFactory;
  /** Ends all that are open; none is opened after it. */
  destroy(): void;
}

const keepAliveDelayMs = 60_000;

/**
 * Opens connections as kafkajs does, and knows them all: where kafkajs connects twice at once, or forgets a broker, it
 * loses sight of one, by which a process would never end.
 *
 * Invariant: `open` are the sockets that are not closed; none is added once they are destroyed.
 */
export function trackSockets(): Sockets {
  const open = new Set<Socket>();
  let destroyed = false;
  return {
    factory({ host: spelling, port, ssl, onConnect }) {
      if (destroyed) throw new Error("the transport is closed");
      const host = hostOf(spelling);
      const named = isIP(host) ? {} : { servername: host };
      const socket = ssl
        ? connectTls({ host, port, ...named, ...ssl }, onConnect)
        : connectPlain({ host, port }, onConnect);
      socket.setKeepAlive(true, keepAliveDelayMs);
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      return socket;
    },
    destroy() {
      destroyed = true;
      // With an error, of which kafkajs hears: else it takes the connection for open and looks after its requests for ever.
      for (const socket of open) socket.destroy(new Error("the transport is closed"));
    },
  };
}
