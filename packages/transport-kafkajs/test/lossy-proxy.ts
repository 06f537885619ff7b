import { connect, createServer, type Socket } from "node:net";

/** Stands between clients and a broker, and cuts connections after the broker has done what was asked. */
export interface LossyProxy {
  readonly port: number;
  /** Of how many answers to a produce request one is swallowed, and its connection cut; 0 for none. */
  loseOneOf: number;
  readonly lost: () => number;
  close(): Promise<void>;
}

const produceKey = 0;

/** Listens on a port of loopback and passes on to another. */
export function startLossyProxy(port: number, brokerPort: number): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  let lost = 0;
  let answers = 0;

  const server = createServer((client) => {
    const broker = connect({ host: "127.0.0.1", port: brokerPort });
    const produces = new Set<number>();
    const cut = () => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on("error", cut).on("close", cut);
    }
    client.on(
      "data",
      frames((frame) => {
        if (frame.readInt16BE(4) === produceKey) produces.add(frame.readInt32BE(8));
        broker.write(frame);
      }),
    );
    broker.on(
      "data",
      frames((frame) => {
        if (produces.delete(frame.readInt32BE(4))) {
          answers += 1;
          if (proxy.loseOneOf > 0 && answers % proxy.loseOneOf === 0) {
            lost += 1;
            return cut();
          }
        }
        client.write(frame);
      }),
    );
  });

  const proxy: LossyProxy = {
    port,
    loseOneOf: 0,
    lost: () => lost,
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

/** Calls back with each whole frame: its length in four bytes, then that many. */
function frames(whole: (frame: Buffer) => void): (chunk: Buffer) => void {
  let received = Buffer.alloc(0);
  return (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
      const end = 4 + received.readInt32BE(0);
      const frame = received.subarray(0, end);
      received = received.subarray(end);
      whole(frame);
    }
  };
}
