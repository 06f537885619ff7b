import { createServer } from "node:net";
import { expect, it } from "vitest";
import { freePorts, mustBeFree } from "./ports.ts";

it("a port in use is named with what to do; a free one stays free", async () => {
  const [port = 0] = await freePorts(1);
  await mustBeFree(port);
  await mustBeFree(port);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
  await expect(mustBeFree(port)).rejects.toThrow(`port ${port} is in use: pass another --port`);
  await new Promise((resolve) => other.close(resolve));
});
