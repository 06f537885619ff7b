import { connect, createServer, type Socket } from "node:net";
import { createConnections, type Direction } from "./silence.ts";

/**
 * Stands between clients and a broker: cuts connections after the broker has appended and before it is heard, or keeps
 * them and passes on nothing any more.
 */
export interface LossyProxy {
  readonly port: number;
  /** Of how many answers to a produce request one is swallowed, and its connection cut; 0 for none. */
  loseOneOf: number;
  /** Swallows the next so many answers to produce requests, each with its connection. */
  loseNext(answers: number): void;
  /** How many were swallowed. */
  readonly lost: () => number;
  /**
   * The connections that are open now stay open, and nothing passes through them any more in that direction, for good; nor
   * through those that are opened within `forMs` (default 0). Later ones work.
   */
  silence(direction?: Direction, forMs?: number): void;
  /** How many connections that were silenced clients still keep open. */
  readonly silent: () => number;
  /** How many connections of clients are open. */
  readonly open: () => number;
  close(): Promise<void>;
}

const produceKey = 0;

/** Listens on a port of loopback and passes on to another. */
export function startLossyProxy(port: number, brokerPort: number): Promise<LossyProxy> {
  // Invariant: `sockets` holds both ends of each connection that is open, `clients` its client's. `answers` to produce
  // requests came, `lost` of them were swallowed with their connection, and the next `toLose` will be.
  const sockets = new Set<Socket>();
  const clients = createConnections();
  let answers = 0;
  let toLose = 0;
  let lost = 0;

  const server = createServer((client) => {
    const broker = connect({ host: "127.0.0.1", port: brokerPort });
    const produces = new Set<number>();
    const cut = () => {
      client.destroy();
      broker.destroy();
      sockets.delete(client);
      sockets.delete(broker);
      clients.closed(client);
    };
    clients.opened(client);
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on("error", cut).on("close", cut);
    }
    const asked = eachFrame(({ head }) => {
      if (head.readInt16BE(4) === produceKey) produces.add(head.readInt32BE(8));
      return true;
    });
    const answered = eachFrame(({ head }) => {
      if (!produces.delete(head.readInt32BE(4))) return true;
      answers += 1;
      const isNext = toLose > 0;
      if (!isNext && !(proxy.loseOneOf > 0 && answers % proxy.loseOneOf === 0)) return true;
      if (isNext) toLose -= 1;
      lost += 1;
      cut();
      return false;
    });
    client.on("data", (chunk) => clients.passes(client, "requests") && asked(chunk) && broker.write(chunk));
    broker.on("data", (chunk) => clients.passes(client, "answers") && answered(chunk) && client.write(chunk));
  });

  const proxy: LossyProxy = {
    port,
    loseOneOf: 0,
    loseNext: (answers) => {
      toLose += answers;
    },
    lost: () => lost,
    silence: (direction = "both", forMs = 0) => clients.silence(direction, forMs),
    silent: clients.silent,
    open: clients.open,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(proxy));
  });
}

const headBytes = 12;

/**
 * Looks at the head of each frame of a stream as it passes: the four bytes of its length and the eight after them.
 * Returns whether the chunk may pass. A chunk is only looked at, never copied: a broker's records pass here too.
 */
function eachFrame(look: (frame: { readonly head: Buffer }) => boolean): (chunk: Buffer) => boolean {
  const head = Buffer.alloc(headBytes);
  let gathered = 0;
  let toSkip = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (toSkip > 0) {
        const skipped = Math.min(toSkip, chunk.length - at);
        toSkip -= skipped;
        at += skipped;
        continue;
      }
      // The shortest frame of Kafka's protocol has its length, and four bytes: an answer without a body.
      const wanted = gathered < 4 ? 4 : Math.min(headBytes, 4 + head.readInt32BE(0));
      const taken = chunk.copy(head, gathered, at, at + wanted - gathered);
      gathered += taken;
      at += taken;
      if (gathered < 4 || gathered < Math.min(headBytes, 4 + head.readInt32BE(0))) continue;
      toSkip = 4 + head.readInt32BE(0) - gathered;
      gathered = 0;
      if (!look({ head })) return false;
    }
    return true;
  };
}
