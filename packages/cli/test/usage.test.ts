import { join } from "node:path";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { describe, expect, test } from "vitest";
import { main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";

const file = join(import.meta.dirname, "../../../asyncapi.yaml");

/** Runs a command that must not come to its cluster. */
async function keyline(...args: string[]) {
  return keylineIn({}, ...args);
}

async function keylineIn(environment: Readonly<Record<string, string>>, ...args: string[]) {
  const cluster = createMemoryCluster();
  const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() });
  const io = createTestIo(".", { connect, environment });
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

test.each([
  [["audit", file, "--port", "9"], "--port is for the metrics of --follow"],
  [["audit", file, "--every", "9"], "--every is for --follow"],
  [["audit", file, "--follow", "--until", "2026-01-01"], "--until ends what --follow continues"],
  [
    ["diff", file, "--against", file, "--format", "github", "--json"],
    "--json is --format json, and --format says github",
  ],
  [["skew", file, "--topic", "code.exectued"], 'no topic "code.exectued"\nDid you mean code.executed?'],
  [["skew", file, "--domain", "studnets"], 'no domain "studnets"\nDid you mean students?'],
])("%j is usage, with the reason: 2", async (args, text) => {
  expect(await keyline(...args)).toMatchObject({ code: 2, out: "", log: expect.stringContaining(text) });
});

test("what says the same twice is not a contradiction", async () => {
  const { code, out } = await keyline("diff", file, "--against", file, "--format", "json", "--json");
  expect({ code, report: JSON.parse(out) }).toMatchObject({ code: 0, report: { command: "diff" } });
});

/** Without a cluster of the test's: it is found by its brokers. */
async function connecting(environment: Readonly<Record<string, string>>, ...args: string[]) {
  const io = createTestIo(".", { environment });
  return { code: await main(args, io), ...io.written };
}

describe.each([
  ["audit", ["audit", file]],
  ["skew", ["skew", file]],
  ["trace", ["trace", "42", "--contract", file]],
  ["topics plan", ["topics", "plan", file]],
  ["doctor", ["doctor", "--contract", file]],
])("%s", (_, command) => {
  test("brokers that are not valid are usage, by the name of their option or variable: 2", async () => {
    const given = await connecting({ KAFKA_BROKERS: "localhost:1" }, ...command, "--brokers", "nonsense");
    expect(given).toMatchObject({ code: 2, out: "" });
    expect(given.log).toContain('--brokers must be host:port, not "nonsense"');
    const found = await connecting({ KAFKA_BROKERS: "nonsense" }, ...command);
    expect(found).toMatchObject({ code: 2, out: "", log: expect.stringContaining("KAFKA_BROKERS must be host:port") });
  });
});

describe.each([
  ["trace", ["trace", "42", "--contract", file]],
  ["doctor", ["doctor", "--contract", file]],
  ["parked list", ["parked", "list"]],
])("%s", (_, command) => {
  test("a database URL that is not valid is usage, by the name of its option or variable: 2", async () => {
    for (const url of ["nonsense", "localhost:5432/db", "http://localhost"]) {
      const given = await keylineIn({ DATABASE_URL: "postgres://a@b/c" }, ...command, "--database-url", url);
      expect(given).toMatchObject({
        code: 2,
        out: "",
        log: expect.stringContaining("--database-url is not a valid PostgreSQL URL"),
      });
      const found = await keylineIn({ DATABASE_URL: url }, ...command);
      expect(found).toMatchObject({
        code: 2,
        out: "",
        log: expect.stringContaining("DATABASE_URL is not a valid PostgreSQL URL"),
      });
    }
  });
});

test("a file of findings that cannot be written is said before anything is read: 1", async () => {
  const { code, out, log } = await keyline("audit", file, "--findings", "/nonexistent/x");
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(log).toBe(
    "error: cannot write the findings to /nonexistent/x: its folder does not exist: create it, or name another file\n",
  );
});
