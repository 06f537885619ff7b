import { connect } from "node:net";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { listen } from "./listen.js";

it("a request that does not arrive in time is ended", async () => {
  const routes = new Hono().post("/", async (context) => context.text(await context.req.text()));
  const server = await listen(routes, { host: "127.0.0.1", port: 0, requestMs: 300 });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nslow");
  const startMs = performance.now();
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1\.1 408/);
  expect(performance.now() - startMs).toBeLessThan(5000);
  await server.close();
});
