import { connect } from "node:net";

/** Metadata, version 1, of no topic: length, api key 3, version 1, correlation 1, client id "", an empty array of topics. */
const request = Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);

/** How many brokers a broker knows to be alive, itself included. Rejects when it does not answer in time. */
export function aliveBrokers(port: number, timeoutMs = 2000): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    const received: Buffer[] = [];
    const finish = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(timeoutMs, () => finish(() => reject(new Error(`no answer on port ${port}`))));
    socket.once("error", (error) => finish(() => reject(error)));
    socket.once("close", () => reject(new Error(`the connection to port ${port} was closed`)));
    socket.once("connect", () => socket.write(request));
    socket.on("data", (chunk) => {
      received.push(chunk);
      const answer = Buffer.concat(received);
      // Length and correlation id, then the array of brokers.
      if (answer.length >= 12) finish(() => resolve(answer.readInt32BE(8)));
    });
  });
}
