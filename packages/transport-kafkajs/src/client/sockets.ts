import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ISocketFactory } from "kafkajs";
import { hostOf } from "./address.js";

/** The connections of a transport. */
export interface Sockets {
  readonly factory: ISocketFactory;
  /**
   * Ends all that are open to a broker, given as kafkajs names it: one of them brought no answer in time. A proxy or a firewall
   * may keep a connection that leads nowhere any more, and no end of it is ever told.
   */
  condemn(broker: string): void;
  /** Destroys all that are open; none is opened after it. */
  destroy(): void;
}

const keepAliveDelayMs = 60_000;
/** The other side may take as long to hear that a connection is over. */
const endWithinMs = 1000;

/**
 * Opens connections as kafkajs does, and knows them all: where kafkajs connects twice at once, or forgets a broker, it
 * loses sight of one, by which a process would never end.
 *
 * Invariant: `open` are the sockets that are not closed, each with its broker; none is added once they are destroyed. One
 * that is not connected in time, or whose end is not answered in time, is closed without the other side.
 */
export function trackSockets(connectTimeoutMs: number): Sockets {
  const open = new Map<Socket, string>();
  let destroyed = false;

  const track = (socket: Socket, broker: string) => {
    open.set(socket, broker);
    // kafkajs gives up before that, and leaves it to the system, which goes on for minutes.
    const connecting = setTimeout(() => socket.connecting && socket.destroy(), connectTimeoutMs + endWithinMs).unref();
    socket.once("finish", () => setTimeout(() => socket.destroy(), endWithinMs).unref());
    socket.once("close", () => {
      clearTimeout(connecting);
      open.delete(socket);
    });
  };

  /** With an error, of which kafkajs hears: else it takes the connection for open and looks after its requests for ever. */
  const endAll = (sockets: Iterable<Socket>, why: string) => {
    for (const socket of sockets) socket.destroy(new Error(why));
  };

  return {
    factory({ host: spelling, port, ssl, onConnect }) {
      if (destroyed) throw new Error("the transport is closed");
      const host = hostOf(spelling);
      const named = isIP(host) ? {} : { servername: host };
      const socket = ssl
        ? connectTls({ host, port, ...named, ...ssl }, onConnect)
        : connectPlain({ host, port }, onConnect);
      socket.setKeepAlive(true, keepAliveDelayMs);
      track(socket, `${spelling}:${port}`);
      return socket;
    },
    condemn(broker) {
      const sockets = [...open].flatMap(([socket, to]) => (to === broker ? socket : []));
      endAll(sockets, "the broker did not answer in time");
    },
    destroy() {
      destroyed = true;
      endAll(open.keys(), "the transport is closed");
    },
  };
}
