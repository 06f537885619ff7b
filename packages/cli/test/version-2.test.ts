import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadContract } from "@keyline/contract";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { main } from "../src/main.js";
import { createTestIo } from "../src/test-io.js";
import { planTopics } from "../src/topics/plan.js";
import { wantedTopics } from "../src/topics/wanted.js";
import { playGuide } from "./guides/play.js";

const folders: string[] = [];
let cwd = "";

/** A shop in AsyncAPI 2, over two files, with what version 3 writes otherwise in both. */
const old = `asyncapi: 2.6.0
info: { title: Shop, version: 1.0.0 } # a comment
servers:
  kafka: { url: "{host}:9092", protocol: kafka, variables: { host: { default: localhost } } }
x-ordering: { orders: { key: "$message.payload#/id", partitioner: murmur2 } }
channels:
  order.placed:
    servers: [kafka]
    bindings: { kafka: { partitions: 3, bindingVersion: 0.1.0 } }
    subscribe:
      operationId: placed
      x-app: shop
      message: { $ref: "#/components/messages/OrderPlaced" }
  order.paid:
    bindings: { kafka: { partitions: 3 } }
    publish:
      operationId: paid
      x-app: billing
      traits: [{ bindings: { kafka: { groupId: { type: string, enum: [billing] } } } }]
      message: { oneOf: [{ $ref: "parts/messages.yaml#/OrderPaid" }] }
components:
  messages:
    OrderPlaced:
      payload: { $ref: "#/components/schemas/Order" }
      examples: [{ payload: { id: a } }]
  schemas:
    Order: { type: object, required: [id], properties: { id: { type: string, maxLength: 9 } } }
`;
const part = `OrderPaid:
  name: OrderPaid
  schemaFormat: application/schema+json;version=draft-07
  payload: { $ref: "#/Payment" }
  examples: [{ payload: { id: b } }]
Payment:
  allOf: [{ $ref: "../old.yaml#/components/schemas/Order" }]
`;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-version-2-"));
  folders.push(cwd);
  await mkdir(join(cwd, "parts"));
  await mkdir(join(cwd, ".git"));
  await writeFile(join(cwd, "old.yaml"), old);
  await writeFile(join(cwd, "parts/messages.yaml"), part);
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function keyline(...args: string[]) {
  const io = createTestIo(cwd);
  const code = await main(args, io);
  return { code, ...io.written };
}

const taken =
  "old.yaml is AsyncAPI 2.6.0: publish is what the application receives, subscribe what it sends (--perspective application)\n";

describe("the first line says how an AsyncAPI 2 contract was taken", () => {
  test.each([
    ["check", "old.yaml"],
    ["check", "old.yaml", "--json"],
    ["generate", "--contract", "old.yaml"],
    ["docs", "old.yaml"],
    ["diff", "old.yaml", "--against", "old.yaml"],
    ["convert", "old.yaml"],
    ["doctor", "--contract", "old.yaml"],
  ])("%s %s %s", async (...args) => {
    const { log } = await keyline(...args);
    expect(log.startsWith(taken)).toBe(true);
  });

  test("by --perspective, which is in the command that comes next", async () => {
    const { code, out, log } = await keyline("check", "old.yaml", "--perspective", "client");
    expect(code).toBe(0);
    expect(log).toMatch(
      /publish is what the application sends, subscribe what it receives \(--perspective client\)\n$/,
    );
    expect(out).toContain("Next: keyline generate --contract old.yaml --perspective client\n");
  });

  test("by the project's perspective, which the option overrules", async () => {
    await writeFile(join(cwd, "package.json"), JSON.stringify({ keyline: { perspective: "client" } }));
    const { out, log } = await keyline("check", "old.yaml");
    expect(log).toContain("(--perspective client)");
    expect(out).toContain("Next: keyline generate --contract old.yaml\n");
    expect((await keyline("check", "old.yaml", "--perspective", "application")).log).toBe(taken);
    await writeFile(join(cwd, "package.json"), JSON.stringify({ keyline: { perspective: "server" } }));
    expect(await keyline("check", "old.yaml")).toMatchObject({
      code: 1,
      log: "error: package.json: keyline.perspective is not one of application, client\n",
    });
  });

  test("not in version 3", async () => {
    await keyline("convert", "old.yaml", "--out", "new.yaml");
    expect((await keyline("check", "new.yaml", "--perspective", "client")).log).toBe("");
  });
});

describe("convert", () => {
  test("gives a contract without a finding that differs in nothing, whatever folder it is written to", async () => {
    for (const out of ["new.yaml", "parts/new.yaml"]) {
      const { code, out: said, log } = await keyline("convert", "old.yaml", "--out", out);
      expect({ code, said }).toEqual({ code: 0, said: `${out}: old.yaml as AsyncAPI 3\nNext: keyline check ${out}\n` });
      expect(log).toContain("comments were not copied\n");
      expect((await keyline("check", out)).out).toContain("(2 topics, 1 ordering domain)");
      const { code: same, out: changes } = await keyline("diff", out, "--against", "old.yaml");
      expect(same).toBe(0);
      expect(changes).toContain("no changes");
    }
    const text = await readFile(join(cwd, "new.yaml"), "utf8");
    for (const part of [
      "asyncapi: 3.1.0\n",
      '  kafka:\n    host: "{host}:9092"\n    protocol: kafka\n',
      '  order.placed:\n    address: order.placed\n    messages:\n      OrderPlaced:\n        $ref: "#/components/messages/OrderPlaced"\n',
      '    servers:\n      - $ref: "#/servers/kafka"\n    bindings:\n      kafka:\n        partitions: 3\n',
      "          schema:\n            $ref: parts/messages.yaml#/Payment\n",
      '  placed:\n    action: send\n    channel:\n      $ref: "#/channels/order.placed"\n    x-app: shop\n',
      "  paid:\n    action: receive\n",
      "        groupId:\n          type: string\n          enum:\n            - billing\n",
    ])
      expect(text).toContain(part);
    expect(text).not.toContain("bindingVersion");
    expect(await readFile(join(cwd, "parts/new.yaml"), "utf8")).toContain("$ref: messages.yaml#/Payment");
  });

  test("leaves out what version 3 refuses in bindings, with a line for each, and spoils no parameter", async () => {
    const loose = `asyncapi: 2.6.0
info: { title: Loose, version: 1.0.0 }
servers: { main: { url: "localhost:9092", protocol: kafka, bindings: { kafka: { acks: all } } } }
channels:
  order.{region}:
    parameters: { region: { description: where, schema: { enum: [eu] } } }
    bindings:
      kafka: { partitions: 3, retention: 7, topicConfiguration: { cleanup.policy: "compact,delete" } }
      amqp: { is: fanout }
    publish:
      operationId: paid
      bindings: { kafka: { groupId: billing, autoOffsetReset: earliest }, odd: { a: 1 } }
      message: { name: Paid, payload: { type: string }, examples: [{ payload: x }] }
`;
    await writeFile(join(cwd, "loose.yaml"), loose);
    const errors = async (file: string) =>
      (await loadContract(join(cwd, file))).diagnostics.filter(({ severity }) => severity === "error");
    expect(await errors("loose.yaml")).toEqual([]);
    const { code, log } = await keyline("convert", "loose.yaml", "--out", "tight.yaml");
    expect(code).toBe(0);
    expect(await errors("tight.yaml")).toEqual([]);
    const told = log.split("\n").filter((line) => line.includes(" left out, "));
    const refused = "left out, as AsyncAPI 3 refuses it:";
    expect(told).toContain(
      `loose.yaml:12:46 ${refused} operations.paid.bindings.kafka.autoOffsetReset: it is unknown there`,
    );
    expect(told.map((line) => / it: (.*?): /.exec(line)?.[1]).sort()).toEqual([
      ...["channels.order.{region}.bindings.amqp", "channels.order.{region}.bindings.kafka.retention"],
      ...["operations.paid.bindings.kafka.autoOffsetReset", "operations.paid.bindings.odd"],
      "servers.main.bindings.kafka.acks",
    ]);
    const text = await readFile(join(cwd, "tight.yaml"), "utf8");
    expect(text).toContain("cleanup.policy:\n            - compact\n            - delete\n");
    expect(text).toContain("      region:\n        enum:\n          - eu\n        description: where\n");
  });

  test("says what keyline check would refuse of the result, at its place there", async () => {
    await writeFile(join(cwd, "typo.yaml"), old.replace("type: object", "type: objekt"));
    const { code, log } = await keyline("convert", "typo.yaml", "--out", "typo-3.yaml");
    expect(code).toBe(0);
    const { diagnostics } = await loadContract(join(cwd, "typo-3.yaml"));
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.length).toBeGreaterThan(0);
    for (const { line, column, rule } of errors) expect(log).toContain(`typo-3.yaml:${line}:${column} error ${rule}  `);
    expect(log).toContain(" for which keyline check refuses it:\n");
  });

  test("prints it, and nothing else on stdout", async () => {
    const { out } = await keyline("convert", "old.yaml");
    expect(out.startsWith("asyncapi: 3.1.0\n")).toBe(true);
  });

  test("refuses a contract of version 3: 2; one with errors: 3; a missing one: 1", async () => {
    await keyline("convert", "old.yaml", "--out", "new.yaml");
    expect(await keyline("convert", "new.yaml")).toMatchObject({
      code: 2,
      log: "error: new.yaml is AsyncAPI 3 already\n",
    });
    await writeFile(join(cwd, "bad.yaml"), `${old}operations: {}\n`);
    const bad = await keyline("convert", "bad.yaml", "--out", "bad-3.yaml");
    expect(bad).toMatchObject({ code: 3, out: "" });
    expect(bad.log).toContain("error asyncapi-version");
    expect((await keyline("convert", "none.yaml")).code).toBe(1);
  });
});

test("diff pairs by topic across the versions", async () => {
  const fresh = `asyncapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
x-ordering: { orders: { key: "$message.payload#/id", partitioner: murmur2 } }
channels:
  order.paid: # an id that is another channel's topic
    address: order.placed
    bindings: { kafka: { partitions: 3 } }
    messages: { placed: { $ref: "#/components/messages/OrderPlaced" } }
  orderPaid:
    address: order.paid
    bindings: { kafka: { partitions: 3 } }
    messages: { paid: { name: OrderPaid, payload: { $ref: "#/components/schemas/Order" } } }
operations:
  send: { action: send, x-app: shop, channel: { $ref: "#/channels/order.paid" } }
  receive: { action: receive, x-app: billing, channel: { $ref: "#/channels/orderPaid" }, bindings: { kafka: { groupId: { const: billing } } } }
components:
  messages: { OrderPlaced: { payload: { $ref: "#/components/schemas/Order" } } }
  schemas: { Order: { type: object, required: [id], properties: { id: { type: string, maxLength: 9 } } } }
`;
  await writeFile(join(cwd, "new.yaml"), fresh);
  const { out } = await keyline("diff", "new.yaml", "--against", "old.yaml", "--json");
  const { changes, summary } = JSON.parse(out);
  expect(summary.breaking).toBe(0);
  const told = changes.map(({ rule, before }: { rule: string; before: { line: number } }) => [rule, before.line]);
  expect(told).toContainEqual(["topic-renamed", 7]);
  expect(told.filter(([rule]: [string]) => rule !== "topic-renamed" && rule !== "documentation-changed")).toEqual([]);
});

describe("commands work with an AsyncAPI 2 contract", () => {
  test("generate", async () => {
    const { code } = await keyline("generate", "--contract", "old.yaml", "--scope", "@shop");
    expect(code).toBe(0);
    expect(await readFile(join(cwd, "packages/events/src/index.ts"), "utf8")).toContain("OrderPlaced");
    const again = await keyline("generate", "--contract", "old.yaml", "--scope", "@shop", "--perspective", "client");
    expect(again.out).toMatch(/ files, 0 changed\n$/);
  });

  test("init --from, which puts the key into it and the perspective into the project", async () => {
    await writeFile(join(cwd, "old.yaml"), old.replace(/^x-ordering: .*\n/m, ""));
    const { code, log } = await keyline(
      "init",
      "shop",
      "--from",
      "old.yaml",
      "--key",
      "id",
      "--perspective",
      "client",
      "--yes",
    );
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(log).toContain("(--perspective client)");
    expect(JSON.parse(await readFile(join(cwd, "shop/package.json"), "utf8")).keyline.perspective).toBe("client");
    expect(await readFile(join(cwd, "shop/contract/old.yaml"), "utf8")).toContain("x-ordering:\n  id:\n");
  });

  test("topics plan", async () => {
    const { contract } = await loadContract(join(cwd, "old.yaml"));
    const wanted = wantedTopics(contract ?? expect.fail("no contract"), null);
    const planned = planTopics(wanted, new Map(), 3).map((one) => [one.kind, one.topic]);
    expect(planned).toContainEqual(["create", "order.placed"]);
    expect(planned).toContainEqual(["create", "order.paid"]);
  });

  test("audit", async () => {
    const cluster = createMemoryCluster();
    for (const topic of ["order.placed", "order.paid"]) cluster.createTopic(topic, { partitions: 3 });
    const io = createTestIo(cwd, {
      connect: () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() }),
    });
    await main(["audit", "old.yaml"], io);
    expect(io.written.log.startsWith(taken)).toBe(true);
    expect(io.written.out).toContain("0 records of 2 topics");
  });
});

test("the page of convert shows what it prints", async () => {
  await writeFile(join(cwd, "asyncapi.yaml"), old);
  await playGuide(join(import.meta.dirname, "../../../docs/commands/convert.md"), {
    async run(command) {
      const [name, ...args] = command.split(" ");
      expect(name).toBe("keyline");
      const io = createTestIo(cwd);
      expect(await main(args, io)).toBe(0);
      return io.written.log + io.written.out;
    },
  });
});
