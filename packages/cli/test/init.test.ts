import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { parseContract } from "@keyline/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../src/index.js";
import { toolVersions } from "../src/init/manifest.js";
import type { Io } from "../src/io.js";
import { createTestIo } from "../src/test-io.js";
import { playGuide } from "./guides/play.js";

const root = join(import.meta.dirname, "../../..");
const exec = promisify(execFile);
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-init-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function init(args: readonly string[], more: Partial<Io> = {}) {
  const io = createTestIo(folder, more);
  const code = await main(["init", ...args], io);
  return { code, ...io.written };
}
const read = (path: string) => readFile(join(folder, path), "utf8");
const manifestAt = async (dir: string) => JSON.parse(await readFile(join(root, dir, "package.json"), "utf8"));
const manifestOf = async (dir: string) => JSON.parse(await read(join(dir, "package.json")));

/** Runs npm in a folder, as a user would. Rejects with its output when it fails. */
async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  // Not this run's own settings: npm hands them down in the environment.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD|NODE_OPTIONS|VITEST)/.test(name));
  const path = [dirname(process.execPath), join(root, "node_modules/.bin"), process.env.PATH].join(delimiter);
  const { stdout } = await exec("npm", [...args], { cwd, env: { ...Object.fromEntries(inherited), PATH: path } });
  return stdout;
}

/** A port of loopback that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** The packages as npm would publish them, by name: those that `npm test` has packed and checked already, or packed now. */
async function packAll(target: string): Promise<Readonly<Record<string, string>>> {
  const given = process.env.KEYLINE_TARBALLS;
  if (given === undefined) await npm(root, "run", "-s", "pack:all", "--", target);
  const all = JSON.parse(await readFile(join(given ?? target, "index.json"), "utf8")) as Record<string, string>;
  const own = Object.entries(all).filter(([name]) => name.startsWith("@keyline/"));
  return Object.fromEntries(own.map(([name, file]) => [name, `file:${file}`]));
}

/** A collector of spans on loopback, and the bytes that it was sent: names and attributes are text in them. */
async function collectSpans() {
  let bytes = "";
  const server = createHttpServer(async (request, response) => {
    for await (const chunk of request) bytes += (chunk as Buffer).toString("latin1");
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received: () => bytes, close: () => server.close() };
}

describe("a project, from the packed packages alone", () => {
  let tarballs: Readonly<Record<string, string>> = {};
  const project = () => join(folder, "my-events");
  beforeAll(async () => {
    expect(await init(["my-events", "--json"])).toMatchObject({ code: 0, log: "" });
    tarballs = await packAll(join(folder, "packed"));
    const manifest = await manifestOf("my-events");
    expect(manifest.dependencies["@keyline/runtime"]).toBe("0.1.0");
    const { "@keyline/cli": cli, ...packages } = tarballs;
    const { pino, "prom-client": metrics } = (await manifestAt("packages/ops")).devDependencies;
    const { "@opentelemetry/api": api } = (await manifestAt("packages/opentelemetry")).devDependencies;
    const tracing = { "@opentelemetry/api": api, "@opentelemetry/sdk-node": "0.301.0" };
    const dependencies = { ...packages, pino, "prom-client": metrics, ...tracing };
    const own = { dependencies, devDependencies: { ...manifest.devDependencies, "@keyline/cli": cli } };
    await writeFile(join(project(), "package.json"), JSON.stringify({ ...manifest, ...own }));
    await npm(project(), "install", "--prefer-offline", "--no-audit", "--no-fund");
  }, 300_000);

  test("has a contract without a finding, and generated code in step with it", async () => {
    expect(await npm(project(), "run", "-s", "check")).toMatch(
      /^asyncapi\.yaml \(2 topics, 1 ordering domain\): no problems/,
    );
    expect(await npm(project(), "run", "-s", "generate")).toMatch(/ 0 changed\n$/);
    await npm(project(), "run", "-s", "docs");
    expect(await readFile(join(project(), "docs/contract/topics/order-placed.md"), "utf8")).toContain("order_id");
    expect(await npm(project(), "run", "-s", "generate:check")).toContain("files are as asyncapi.yaml says");
  }, 120_000);

  test("runs its producer and its consumer on the memory transport: each order's events in their order", async () => {
    const lines = (await npm(project(), "run", "-s", "start")).trim().split("\n");
    const sent = lines.filter((line) => line.startsWith("sent"));
    const received = lines.filter((line) => line.startsWith("received"));
    expect(sent).toHaveLength(6);
    const guide = await readFile(join(root, "docs/guides/own-contract.md"), "utf8");
    const [, shown] = /^```text\n(sent[\s\S]*?)\n```$/m.exec(guide) ?? [];
    // Both write by themselves: what is received may be printed before the answer to its send.
    expect(shown?.split("\n").sort()).toEqual(lines.filter((line) => line.includes("order 1001")).sort());
    expect(sent[0]).toMatch(/^sent {6}order\.placed\/\d@0 {2}order 1001$/);
    for (const order of [1001, 1002, 1003]) {
      expect(received.filter((line) => line.includes(`order ${order} `))).toEqual([
        `received  order ${order} was placed: 2500`,
        `received  order ${order} was paid: 2500`,
      ]);
    }
  }, 60_000);

  test("is a service, with metrics, health, logs, traces and a clean end, by the lines of docs/operations", async () => {
    const page = await readFile(join(root, "docs/operations/README.md"), "utf8");
    const [, text = ""] = /```ts\n\/\/ src\/service\.ts\n([\s\S]*?)```/.exec(page) ?? [];
    const operating = text
      .split("\n")
      .filter((line) =>
        /ops"|opentelemetry|sdk|pino|prom-client|registry|observed|server|spans|log|runUntil/i.test(line),
      );
    expect(operating.length).toBeLessThanOrEqual(15);
    await writeFile(join(project(), "src/service.ts"), text);
    // The cluster is in the service's process, so its events are, too.
    const withOrders = text.replace("await runUntil", "void produce(transport);\nawait runUntil");
    const orders = `import { produce } from "./producer.ts";\n${withOrders.replace("registry }), {", "registry }), { port: 0,")}`;
    await writeFile(join(project(), "src/service-with-orders.ts"), orders);
    const collector = await collectSpans();
    const service = spawn(process.execPath, ["src/service-with-orders.ts"], {
      cwd: project(),
      env: {
        ...{ ...process.env, NODE_OPTIONS: "", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
        ...{ OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" },
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(service, "exit");
    try {
      const lines: string[] = [];
      createInterface({ input: service.stdout }).on("line", (line) => lines.push(line));
      const said = () => lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
      const urlIn = (message: unknown) => /http:\S+:(\d+)/.exec(String(message))?.[1];
      const port = () =>
        said()
          .map(({ msg }) => urlIn(msg))
          .find((found) => found !== undefined);
      await expect.poll(port, { timeout: 60_000 }).toBeDefined();
      const get = (path: string) => fetch(`http://127.0.0.1:${port()}${path}`);
      await expect.poll(async () => (await get("/readyz")).status, { timeout: 60_000 }).toBe(200);
      expect((await get("/livez")).status).toBe(200);
      // Three orders, each handled by the consumer and applied by the projection.
      const metrics = async () => (await get("/metrics")).text();
      for (const group of ["mailer", "balance"])
        await expect
          .poll(metrics, { timeout: 60_000 })
          .toContain(`keyline_handled_total{group="${group}",topic="order.placed"} 3\n`);
      expect(await metrics()).toMatch(/^keyline_lanes_owned\{group="balance",domain="orders"\} \d+$/m);
      expect(said()).toContainEqual(
        expect.objectContaining({ level: 30, hook: "laneTaken", group: "mailer", lane: 0 }),
      );
      service.kill("SIGTERM");
      expect(await exited).toEqual([0, null]);
      // What is left is exported at the end: of the consumer and of the projection.
      for (const group of ["mailer", "balance"]) expect(collector.received()).toContain(group);
      expect(collector.received()).toContain("process order.placed");
    } finally {
      service.kill("SIGKILL");
      collector.close();
    }
  }, 120_000);

  /** What npm would install again: the modules of the new project, and the workspaces of this one. */
  async function linkModules(folder: string, scope: string): Promise<void> {
    const modules = join(folder, "node_modules");
    await mkdir(join(modules, scope), { recursive: true });
    const others = (await readdir(join(project(), "node_modules"))).filter((name) => name !== "@my-events");
    await Promise.all(others.map((name) => symlink(join(project(), "node_modules", name), join(modules, name))));
    for (const name of ["events", "producer", "consumer"])
      await symlink(join(folder, "packages", name), join(modules, scope, name));
  }

  test("around an existing contract has code in step with it, no type error, and runs", async () => {
    await writeOrders("others");
    expect((await init(["around", "--from", "others/orders.yaml", "--key", "orderId", "--json"])).code).toBe(0);
    const around = join(folder, "around");
    const { dependencies, devDependencies } = await manifestOf("my-events");
    await writeFile(
      join(around, "package.json"),
      JSON.stringify({ ...(await manifestOf("around")), dependencies, devDependencies }),
    );
    await linkModules(around, "@around");
    expect(await npm(around, "run", "-s", "check", "--", "--errors-only")).toMatch(
      /^contract\/orders\.yaml \(3 topics, 1 ordering domain\): 4 warnings\n/,
    );
    expect(await npm(around, "run", "-s", "generate")).toMatch(/ 0 changed\n$/);
    await npm(around, "run", "-s", "typecheck");
    expect(await npm(around, "run", "-s", "start")).toMatch(
      /^order\.placed {28}ordered by its key, in the domain orderId\n/,
    );
  }, 240_000);

  describe("that exists", () => {
    const service = () => join(folder, "shop");
    const guide = join(root, "docs/guides/own-contract.md");

    /** A service as it is before: in TypeScript, with a build. */
    async function writeService(type: "module" | "commonjs") {
      const { devDependencies } = await manifestOf("my-events");
      const { "@keyline/cli": _, ...tools } = devDependencies;
      const scripts = { build: "tsc", start: "node dist/main.js" };
      const manifest = { name: "shop", private: true, type, scripts, devDependencies: tools };
      await mkdir(join(service(), "src"), { recursive: true });
      await writeFile(join(service(), "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
      const compilerOptions = {
        ...{ target: "es2024", module: "nodenext", types: ["node"], strict: true, skipLibCheck: true },
      };
      const config = { compilerOptions: { ...compilerOptions, rootDir: "src", outDir: "dist" }, include: ["src"] };
      await writeFile(join(service(), "tsconfig.json"), JSON.stringify(config));
    }

    /** What the guide installs, from the tarballs: the new project has the same packages. */
    async function install(): Promise<string> {
      await symlink(join(project(), "node_modules"), join(service(), "node_modules")).catch(() => undefined);
      const manifest = await manifestOf("shop");
      const asked = { "@keyline/runtime": "0.1.0", "@keyline/kafkajs": "0.1.0" };
      await writeFile(join(service(), "package.json"), JSON.stringify({ ...manifest, dependencies: asked }));
      return "";
    }

    /** Starts the service, and keeps what it prints. */
    function startService(port: number) {
      const env = { ...process.env, PORT: String(port), NODE_OPTIONS: "" };
      const child = spawn(process.execPath, ["dist/main.js"], {
        ...{ cwd: service(), env },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const lines: string[] = [];
      createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
      return { lines, child, exited: once(child, "exit") };
    }

    test("gets from there to its first event by the guide's commands, which print what it says", async () => {
      await writeService("module");
      const text = await readFile(guide, "utf8");
      for (const [, path = "", code = ""] of text.matchAll(/```ts\n\/\/ (src\/\S+)\n([\s\S]*?)```/g))
        await writeFile(join(service(), path), code);
      const port = await freePort();
      const services: ReturnType<typeof startService>[] = [];
      const commands: Readonly<Record<string, (command: string) => Promise<string>>> = {
        npx: async (command) => {
          const io = createTestIo(service());
          expect(await main(command.split(" ").slice(2), io)).toBe(0);
          return io.written.out;
        },
        "npm install": install,
        "npm run": (command) => npm(service(), ...command.split(" ").slice(1)),
        "node dist/main.js": async () => {
          const started = startService(port);
          services.push(started);
          await expect.poll(() => started.lines, { timeout: 60_000 }).toHaveLength(1);
          return started.lines.join("\n").replace(String(port), "3000");
        },
        curl: async (command) => {
          const [, body] = /-d '(.*)'$/.exec(command) ?? [];
          return (await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: body ?? "" })).text();
        },
      };
      const run = (command: string) => {
        const [, play] = Object.entries(commands).find(([begin]) => command.startsWith(begin)) ?? [];
        if (play === undefined) throw new Error(`the guide runs what is not known here: ${command}`);
        return play(command);
      };
      try {
        await playGuide(guide, { run });
        const [only] = services;
        const [, said = ""] = /The service prints `(.*?)`/.exec(text) ?? [];
        await expect.poll(() => only?.lines, { timeout: 60_000 }).toContain(said);
        only?.child.kill("SIGTERM");
        expect(await only?.exited).toEqual([0, null]);
      } finally {
        for (const { child } of services) child.kill("SIGKILL");
      }
      expect(await npm(service(), "run", "-s", "keyline:check")).toContain("files are as asyncapi.yaml says");
    }, 300_000);

    test("works in CommonJS, too", async () => {
      const { type: _, ...manifest } = await manifestOf("shop");
      const keyline = { ...manifest.keyline, imports: "none" };
      await writeFile(join(service(), "package.json"), JSON.stringify({ ...manifest, keyline }));
      await npm(service(), "run", "-s", "keyline:generate");
      await npm(service(), "run", "-s", "build");
      expect(await readFile(join(service(), "dist/main.js"), "utf8")).toContain("require(");
      const port = await freePort();
      const { child, lines, exited } = startService(port);
      try {
        await expect.poll(() => lines, { timeout: 60_000 }).toHaveLength(1);
        const body = JSON.stringify({ order_id: 7, total: 5 });
        expect(await (await fetch(`http://127.0.0.1:${port}`, { method: "POST", body })).text()).toMatch(
          /^order\.placed\/\d@0\n$/,
        );
        await expect.poll(() => lines, { timeout: 60_000 }).toContain("order 7 was placed: 5");
        child.kill("SIGTERM");
        expect(await exited).toEqual([0, null]);
      } finally {
        child.kill("SIGKILL");
      }
    }, 120_000);
  });

  test("passes its own test, which can fail, and has no type error", async () => {
    await npm(project(), "test");
    await npm(project(), "run", "-s", "typecheck");
    const file = join(project(), "src/balance.ts");
    const source = await readFile(file, "utf8");
    await writeFile(file, source.replace("state.owed - event.amount", "state.owed"));
    await expect(npm(project(), "test")).rejects.toThrow();
    await writeFile(file, source.replace("event.amount", "event.amuont"));
    await expect(npm(project(), "run", "-s", "typecheck")).rejects.toThrow();
    await writeFile(file, source);
  }, 120_000);
});

const orders = `asyncapi: 3.1.0
info: { title: Orders, version: 1.0.0 }
channels:
  placed: { address: order.placed, messages: { Placed: { payload: { $ref: "schemas/order.yaml" } } } }
  paid: { address: order.paid, messages: { Paid: { payload: { $ref: "schemas/order.yaml" } } } }
  audit:
    address: audit
    messages: { Line: { payload: { type: string } } }
`;
const order =
  "type: object\nrequired: [orderId]\nproperties: { orderId: { type: string }, total: { type: integer } }\n";

/** Writes the contract of others into a folder. */
async function writeOrders(dir: string) {
  await mkdir(join(folder, dir, "schemas"), { recursive: true });
  await writeFile(join(folder, dir, "orders.yaml"), orders);
  await writeFile(join(folder, dir, "schemas/order.yaml"), order);
}

const keyedOrders = orders
  .replace(
    "channels:",
    "x-ordering:\n  orderId:\n    key: $message.payload#/orderId\n    partitioner: murmur2\nchannels:",
  )
  .replace("    address: audit", "    x-ordering: none\n    address: audit");

describe("init --from", () => {
  beforeAll(() => writeOrders("theirs"));

  test("copies the contract with what it refers to, and puts the key into the copy", async () => {
    const { code, out, log } = await init(["keyed", "--from", "theirs/orders.yaml", "--key", "orderId"]);
    expect({ code, log }).toEqual({ code: 0, log: "" });
    expect(out).toBe(
      [
        "  contract/orders.yaml  the contract, a copy of theirs/orders.yaml",
        "  src/main.ts           lists the topics",
        "  packages/             generated from the contract: events, producer, consumer",
        "",
        "key: $message.payload#/orderId in 2 channels; x-ordering: none in 1 other, in contract/orders.yaml",
        "",
        "Next: cd keyed && npm install && npm start",
        "",
      ].join("\n"),
    );
    expect(await read("keyed/contract/orders.yaml")).toBe(keyedOrders);
    expect(await read("keyed/contract/schemas/order.yaml")).toBe(order);
    expect(await read("theirs/orders.yaml")).toBe(orders);
    expect((await manifestOf("keyed")).keyline).toEqual({
      contract: "contract/orders.yaml",
      out: "packages",
      scope: "@keyed",
    });
  });

  test("does not choose a key without a flag and without a terminal, and says how to choose one", async () => {
    const { code, out } = await init(["open", "--from", "theirs/orders.yaml"]);
    expect(code).toBe(0);
    expect(out).toContain(
      "no key was chosen: records carry none, and nothing keeps the order of their events over partitions\n" +
        "likely: orderId (2 channels)\n" +
        "To choose orderId, add this line at the root of open/contract/orders.yaml, x-ordering: none to channel audit, then run npm run generate:\n\n" +
        "x-ordering: { orderId: { key: $message.payload#/orderId, partitioner: murmur2 } }\n",
    );
    const line = /^x-ordering: .*$/m.exec(out)?.[0] ?? "";
    const byHand = orders
      .replace("channels:", `${line}\nchannels:`)
      .replace("    address: audit", "    x-ordering: none\n    address: audit");
    const { contract } = await parseContract(byHand, { readFile: async () => order });
    expect(contract?.domains).toMatchObject([
      { keyExpression: "$message.payload#/orderId", channels: ["placed", "paid"] },
    ]);
    expect(await read("open/contract/orders.yaml")).toBe(orders);
    const json = JSON.parse((await init(["without", "--from", "theirs/orders.yaml", "--no-key", "--json"])).out);
    expect(json).toMatchObject({ key: null, contract: "contract/orders.yaml", scope: "@without" });
  });

  test("puts the key into both channels of one address", async () => {
    const two = orders.replace("{ address: order.paid,", "{ address: order.placed,");
    await mkdir(join(folder, "two/schemas"), { recursive: true });
    await writeFile(join(folder, "two/orders.yaml"), two);
    await writeFile(join(folder, "two/schemas/order.yaml"), order);
    const { code, out } = await init(["both", "--from", "two/orders.yaml", "--key", "orderId"]);
    expect(code).toBe(0);
    expect(out).toContain("key: $message.payload#/orderId in 2 channels; x-ordering: none in 1 other");
    const { contract } = await parseContract(await read("both/contract/orders.yaml"), { readFile: async () => order });
    expect(contract?.channels.map(({ address, domain }) => [address, domain])).toEqual([
      ["order.placed", "orderId"],
      ["audit", null],
    ]);
  });

  test("asks for the key at a terminal, and not where a flag says it", async () => {
    const asked: string[] = [];
    const answering = (answer: string) => ({
      ask: async (question: string) => {
        asked.push(question);
        return question.includes("scope") ? "" : answer;
      },
    });
    const from = ["--from", "theirs/orders.yaml"];
    const { code, log } = await init(["first", ...from], answering("1"));
    expect(code).toBe(0);
    expect(log).toBe("Which field is the key, whose events keep their order?\n  1  orderId (2 channels)\n");
    expect(await read("first/contract/orders.yaml")).toBe(keyedOrders);
    expect((await init(["named", ...from], answering("/orderId"))).code).toBe(0);
    expect(await read("named/contract/orders.yaml")).toBe(keyedOrders);
    expect((await init(["empty", ...from], answering(""))).code).toBe(0);
    expect(await read("empty/contract/orders.yaml")).toBe(orders);
    expect(await init(["wrong", ...from], answering("total"))).toMatchObject({ code: 2 });
    expect(asked).toHaveLength(8);
    expect((await init(["flag-from", ...from, "--no-key"], answering("1"))).code).toBe(0);
    expect((await init(["yes-from", ...from, "--yes"], answering("1"))).code).toBe(0);
    expect(asked).toHaveLength(9);
  });

  test("leaves a contract that lies in the folder where it is", async () => {
    await writeOrders("mine");
    const { code, out } = await init(["mine", "--from", "mine/orders.yaml", "--key", "$message.payload#/orderId"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}orders\.yaml {11}the contract, where it was, with the key added to it\n/);
    expect(await read("mine/orders.yaml")).toBe(keyedOrders);
    expect((await manifestOf("mine")).keyline.contract).toBe("orders.yaml");
    expect(existsSync(join(folder, "mine/contract"))).toBe(false);
  });

  test("changes no file outside of the folder, where a link in it leads to one", async () => {
    const alone = orders.replaceAll('$ref: "schemas/order.yaml"', order.trim().replaceAll("\n", ", "));
    await mkdir(join(folder, "repo/linked"), { recursive: true });
    await mkdir(join(folder, "repo/.git"));
    await writeFile(join(folder, "repo/alone.yaml"), alone);
    await symlink(join(folder, "repo/alone.yaml"), join(folder, "repo/linked/orders.yaml"));
    const { code } = await init(["repo/linked", "--from", "repo/linked/orders.yaml", "--key", "orderId"]);
    expect(code).toBe(0);
    expect(await read("repo/alone.yaml")).toBe(alone);
    expect(await read("repo/linked/contract/orders.yaml")).toContain("key: $message.payload#/orderId");
  });

  test("a contract in JSON gets its line as a field of JSON", async () => {
    await writeFile(
      join(folder, "json.json"),
      JSON.stringify({
        asyncapi: "3.1.0",
        info: { title: "J", version: "1.0.0" },
        channels: {
          o: {
            messages: {
              m: { payload: { type: "object", required: ["orderId"], properties: { orderId: { type: "string" } } } },
            },
          },
        },
      }),
    );
    expect((await init(["json", "--from", "json.json"])).out).toContain(
      '\n"x-ordering": {"orderId":{"key":"$message.payload#/orderId","partitioner":"murmur2"}},\n',
    );
  });

  test("writes nothing where the contract has errors, the key is none, or a file would be out of reach", async () => {
    await writeFile(
      join(folder, "theirs/bad.yaml"),
      orders.replace("address: audit", "address: audit\n    adress: audit"),
    );
    await mkdir(join(folder, "theirs/sub"), { recursive: true });
    await writeFile(join(folder, "theirs/sub/far.yaml"), orders.replaceAll("schemas/", "../schemas/"));
    await mkdir(join(folder, "theirs/.git"), { recursive: true });
    const refused = async (...args: string[]) => {
      const { code, log } = await init(["refused", ...args]);
      expect(existsSync(join(folder, "refused"))).toBe(false);
      return `${code} ${log}`;
    };
    const bad = await refused("--from", "theirs/bad.yaml");
    expect(bad).toMatch(/^1 theirs\/bad\.yaml:8:5 error /);
    expect(bad).toContain("  fix: name it address\n");
    expect(bad).toMatch(/error: nothing was written: theirs\/bad\.yaml has errors\n$/);
    expect(await refused("--from", "theirs/orders.yaml", "--key", "total")).toBe(
      '2 error: no topic of theirs/orders.yaml can have the key "total": it is a string or an integer, of the payload, that each message of the topic requires\nLikely: orderId (2 channels)\n',
    );
    expect(await refused("--key", "x")).toBe("2 error: --key and --no-key are for --from\n");
    expect(await refused("--from", "theirs/sub/far.yaml")).toContain(
      "a $ref of the contract leads to contract/schemas/order.yaml, out of the folder contract/sub: nothing was written",
    );
    expect(await refused("--from", "keyed/contract/orders.yaml", "--key", "orderId")).toContain(
      "keyed/contract/orders.yaml says by itself which topics are keyed: leave --key out",
    );
  });
});

describe("init", () => {
  test("writes into the working folder where no other is named, and says what to do next", async () => {
    const { code, out } = await init(["Our Events!"]);
    expect(code).toBe(0);
    expect(out).toContain('Next: cd "Our Events!" && npm install && npm start');
    expect(await manifestOf("Our Events!")).toMatchObject({ name: "our-events", keyline: { scope: "@our-events" } });
  });

  test("overwrites nothing: 1 with what is in the way; README.md and .gitignore are kept", async () => {
    await mkdir(join(folder, "taken/src"), { recursive: true });
    await writeFile(join(folder, "taken/README.md"), "mine");
    await writeFile(join(folder, "taken/src/main.ts"), "mine too");
    const refused = await init(["taken"]);
    expect(refused).toMatchObject({ code: 1, out: "", log: expect.stringContaining("src/main.ts already exists") });
    expect(await readdir(join(folder, "taken"))).toEqual(["README.md", "src"]);
    await rm(join(folder, "taken/src"), { recursive: true });
    const { code, out } = await init(["taken", "--json"]);
    expect({ code, kept: JSON.parse(out).kept }).toEqual({ code: 0, kept: ["README.md"] });
    expect(await read("taken/README.md")).toBe("mine");
  });

  test("asks for the scope at a terminal alone, and not where a flag says it", async () => {
    const asked: string[] = [];
    const answering = (answer: string) => ({
      ask: async (question: string) => {
        asked.push(question);
        return answer;
      },
    });
    expect((await init(["asked"], answering("shop"))).code).toBe(0);
    expect((await manifestOf("asked")).keyline.scope).toBe("@shop");
    expect((await init(["enter"], answering(""))).code).toBe(0);
    expect((await manifestOf("enter")).keyline.scope).toBe("@enter");
    expect(asked).toEqual([expect.stringContaining("[@asked]"), expect.stringContaining("[@enter]")]);
    expect((await init(["flag", "--scope", "@given"], answering("shop"))).code).toBe(0);
    expect((await init(["yes", "--yes"], answering("shop"))).code).toBe(0);
    expect(asked).toHaveLength(2);
    expect(await init(["bad"], answering("No Scope"))).toMatchObject({ code: 2, out: "" });
    expect((await init(["bad", "--scope", "No Scope"])).code).toBe(2);
    await expect(read("bad/package.json")).rejects.toThrow();
  });

  test("its tools are those of this repository, its TypeScript the one of generated packages", async () => {
    const { devDependencies } = await manifestAt(".");
    const { devDependencies: generated } = await manifestAt("packages/events");
    expect({ "@types/node": devDependencies["@types/node"], ...generated }).toEqual(toolVersions);
  });
});
