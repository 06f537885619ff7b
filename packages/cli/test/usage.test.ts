import { join } from "node:path";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { describe, expect, test } from "vitest";
import { main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";

const file = join(import.meta.dirname, "../../../asyncapi.yaml");

/** Runs a command that must not come to its cluster. */
async function keyline(...args: string[]) {
  const cluster = createMemoryCluster();
  const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() });
  const io = createTestIo(".", { connect });
  const code = await main(args, io);
  return { code, ...io.written };
}

const commands = { audit: ["audit", file], skew: ["skew", file], trace: ["trace", "42", "--contract", file] };

describe.each(Object.entries(commands))("%s", (_, command) => {
  test("a span that ends before it begins, or begins in the future, is usage, and named: 2", async () => {
    const reversed = await keyline(...command, "--since", "1m", "--until", "5m");
    expect(reversed).toMatchObject({
      code: 2,
      out: "",
      log: expect.stringMatching(/--since is after --until: \S+Z is after \S+Z/),
    });
    const future = await keyline(...command, "--since", "2999-01-01");
    expect(future).toMatchObject({
      code: 2,
      out: "",
      log: expect.stringContaining("--since is in the future: 2999-01-01"),
    });
  });
});
