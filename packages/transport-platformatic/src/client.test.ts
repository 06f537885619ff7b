import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { platformaticClient } from "./client.js";

const settings = { clientId: "test", tls: null, sasl: null, connectTimeoutMs: 3000 };
const request = {
  apiName: "Metadata",
  apiKey: 3,
  apiVersion: 10,
  isFlexible: true,
  body: [1, 2].map((byte) => Buffer.from([byte])),
};

const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
});
beforeEach(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");
});

const connect = (signal = new AbortController().signal) => {
  const { port } = server.address() as AddressInfo;
  return platformaticClient.connect({ host: "127.0.0.1", port }, settings, signal);
};

/** What has come to the server, and its one connection. */
async function arrived() {
  const [socket] = sockets;
  if (!socket) throw new Error("nothing is connected");
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return { socket, bytes };
}

it("a request goes out with its header, and its answer comes back from behind the correlation id", async () => {
  const connection = await connect();
  expect(connection.isOpen).toBe(true);
  const answer = connection.send(request);
  const { socket, bytes } = await arrived();
  // Length, key, version, correlation id, the client's id, no tagged fields, the body.
  const correlationId = bytes.subarray(8, 12);
  expect([bytes.readInt32BE(0), bytes.readInt16BE(4), bytes.readInt16BE(6)]).toEqual([bytes.length - 4, 3, 10]);
  expect(bytes.subarray(12)).toEqual(Buffer.from([0, 4, ...Buffer.from("test"), 0, 1, 2]));
  // In two pieces, of which the first is not whole.
  const payload = Buffer.from([0, 7, 8, 9]);
  socket.write(Buffer.concat([Buffer.from([0, 0, 0, 8]), correlationId, payload.subarray(0, 2)]));
  setTimeout(() => socket.write(payload.subarray(2)), 20);
  expect(await answer).toEqual(payload);
  connection.close();
});

it("what is under way fails where the connection is closed, on either side, and nothing is sent any more", async () => {
  const closed = await connect();
  const unanswered = closed.send(request);
  closed.close();
  await expect(unanswered).rejects.toThrow();
  expect(closed.isOpen).toBe(false);
  await expect(closed.send(request)).rejects.toThrow();

  const left = await connect();
  const lost = left.send(request);
  lost.catch(() => undefined);
  for (const socket of sockets) socket.destroy();
  await expect(lost).rejects.toThrow();
  expect(left.isOpen).toBe(false);
});

it("none is left open that is given up while it connects", async () => {
  const over = new AbortController();
  const connecting = connect(over.signal);
  over.abort();
  await expect(connecting).rejects.toThrow();
  await expect(connect(over.signal)).rejects.toThrow();
  await new Promise((done) => setTimeout(done, 100));
  expect(sockets.size).toBe(0);
});
