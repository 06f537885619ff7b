import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import kafkajs from "kafkajs";
import { expect, it, vi } from "vitest";
import { createKafkajsTransport } from "../index.js";
import { configOf, kafkajsClient, quiet } from "./client.js";
import { makeConnection } from "./connection.js";

const settings = { clientId: "canary", tls: null, sasl: null, connectTimeoutMs: 3000 };
const made = () => makeConnection(new kafkajs.Kafka(configOf(settings)), { host: "127.0.0.1", port: 1 });

it("a broker is reached by an IPv6 address", async ({ skip }) => {
  const server = createServer((socket) => socket.destroy());
  const listening = once(server, "listening");
  server.listen(0, "::1");
  await listening.catch(() => skip("this machine has no IPv6"));
  const connected = once(server, "connection");
  const transport = createKafkajsTransport({ brokers: [`[::1]:${(server.address() as AddressInfo).port}`] });
  transport.clusterId().catch(() => undefined);
  await connected;
  await transport.close();
  server.close();
});

it("the cluster that kafkajs hands to an assigner makes connections, of which none is open", async () => {
  const connection = await made();
  expect(connection).toMatchObject({ clientId: "canary", host: "127.0.0.1", port: 1 });
  expect([connection.isConnected(), connection.isAuthenticated(), connection.socket]).toEqual([
    false,
    false,
    undefined,
  ]);
});

it("a connection has what its login and its requests go through", async () => {
  const connection = await made();
  connection.setVersions({ 17: { minVersion: 0, maxVersion: 1 } });
  connection.setSupportAuthenticationProtocol(true);
  expect(connection).toMatchObject({ versions: { 17: { maxVersion: 1 } }, supportAuthenticationProtocol: true });
  expect([connection.nextCorrelationId(), connection.nextCorrelationId()]).toEqual([0, 1]);
  await connection.authenticate();
});

it("what is pushed to a connection's queue is sent at once, and settles with its answer, or with all others", async () => {
  const { requestQueue } = await made();
  quiet({ requestQueue });
  const queue = requestQueue as typeof requestQueue & {
    fulfillRequest(answer: object): void;
    rejectAll(error: Error): void;
  };
  const sent: number[] = [];
  const push = (correlationId: number) =>
    new Promise<Buffer>((resolve, reject) => {
      const answered = ({ payload }: { readonly payload: Buffer }) => resolve(payload);
      const entry = { apiKey: 3, apiName: "Metadata", apiVersion: 8, correlationId, resolve: answered, reject };
      queue.push({ entry, expectResponse: true, sendRequest: () => sent.push(correlationId) });
    });
  const answers = [push(1), push(2)];
  expect(sent).toEqual([1, 2]);
  queue.fulfillRequest({ correlationId: 1, payload: Buffer.from("one"), size: 3 });
  expect((await answers[0])?.toString()).toBe("one");
  queue.rejectAll(new Error("ended"));
  await expect(answers[1]).rejects.toThrow("ended");
});

it("a queue sets a timer while requests wait, and none otherwise, once it was quieted", async () => {
  const connection = await made();
  const queue = connection.requestQueue as unknown as { pending: unknown[]; throttleCheckTimeoutId: unknown };
  Object.assign(queue, { throttledUntil: Date.now() + 1000 });
  const setsTimer = () => {
    queue.throttleCheckTimeoutId = null;
    connection.requestQueue.scheduleCheckPendingRequests();
    clearTimeout(queue.throttleCheckTimeoutId as NodeJS.Timeout);
    return queue.throttleCheckTimeoutId !== null;
  };
  // Without it there is nothing to quiet.
  expect(setsTimer()).toBe(true);
  quiet(connection);
  expect(setsTimer()).toBe(false);
  queue.pending = [{}];
  expect(setsTimer()).toBe(true);
});

it("a token is asked for at each connection", async () => {
  const token = vi.fn(async () => "t");
  const { sasl } = configOf({ ...settings, sasl: { mechanism: "oauthbearer", token } });
  const { oauthBearerProvider } = sasl as unknown as { oauthBearerProvider(): Promise<unknown> };
  expect([await oauthBearerProvider(), await oauthBearerProvider()]).toEqual([{ value: "t" }, { value: "t" }]);
  expect(token).toHaveBeenCalledTimes(2);
});

it("a connection ends at once where it is given up, and what is sent over it fails", async () => {
  const server = createServer((socket) => void socket.resume().on("error", () => undefined));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
  const over = new AbortController();
  const connection = await kafkajsClient.connect(address, settings, over.signal);
  expect(connection.isOpen).toBe(true);
  const request = { apiName: "Metadata", apiKey: 3, apiVersion: 8, isFlexible: false, body: [Buffer.alloc(4)] };
  const unanswered = connection.send(request);
  connection.close();
  await expect(unanswered).rejects.toThrow("closed on this side");
  expect(connection.isOpen).toBe(false);
  await expect(connection.send(request)).rejects.toThrow("is closed");
  over.abort();
  await expect(kafkajsClient.connect(address, settings, over.signal)).rejects.toThrow();
  server.close();
});
