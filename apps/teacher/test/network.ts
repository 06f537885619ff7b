import { connect, createServer, type Socket } from "node:net";

/** A way to a server that can be cut, as a network is. */
export interface Network {
  readonly port: number;
  /** Ends every connection, and accepts none until it is repaired. */
  cut(): void;
  repair(): void;
  close(): Promise<void>;
}

/** Opens a way to a port that is known once it is asked for. */
export async function openNetwork(target: () => number): Promise<Network> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy();
    const behind = connect(target(), "127.0.0.1");
    for (const one of [socket, behind]) {
      sockets.add(one);
      one.on("close", () => sockets.delete(one));
      one.on("error", () => undefined);
    }
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cut() {
      isCut = true;
      end();
    },
    repair() {
      isCut = false;
    },
    close() {
      end();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
