import { createServer } from "node:net";

/** That many ports of this machine that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map(({ port }) => port);
  await Promise.all(servers.map(({ close }) => close()));
  return ports;
}

/** Rejects, with what to do, where something listens on the port: a broker would say so far down in its log. */
export async function mustBeFree(port: number): Promise<void> {
  const { close } = await listen(port).catch((caught: NodeJS.ErrnoException) => {
    throw caught.code === "EADDRINUSE" ? new Error(`port ${port} is in use: pass another --port`) : caught;
  });
  await close();
}

function listen(wanted: number): Promise<{ port: number; close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      resolve({ port, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
