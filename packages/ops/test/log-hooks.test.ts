import { Console } from "node:console";
import { readFile } from "node:fs/promises";
import { Writable } from "node:stream";
import { KeylineError } from "@keyline/runtime";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { createLogger, format, transports } from "winston";
import { logHooks, relayLogHooks } from "../src/index.ts";
import { defaultLevels } from "../src/logs/lines.ts";
import { relayLevels } from "../src/logs/relay-log-hooks.ts";

/** A stream that keeps what is written. */
function sink() {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { stream, lines: () => written.join("").trimEnd().split("\n").filter(Boolean) };
}

/** Any other logger that takes a message and fields. */
function keeping() {
  const lines: { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }[] = [];
  const write = (level: string) => (message: string, fields: Record<string, unknown>) =>
    void lines.push({ level, message, fields });
  return { lines, logger: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") } };
}

const place = { group: "mailer", topic: "code.executed", partition: 3, offset: 7, key: "42" };
const broken = new KeylineError("handler_failed", "cannot handle code.executed/3@7: no such student 42 in 142", {
  cause: new Error("no such student 42 in 142"),
});

describe("each logger gets lines in its own shape", () => {
  it("pino: fields first, the message as msg, and nothing below its level", () => {
    const { stream, lines } = sink();
    const hooks = logHooks(pino({ level: "error" }, stream), { levels: { handled: "debug" } });
    hooks.deadLettered?.({ ...place, error: broken });
    hooks.retried?.({ ...place, error: broken, attempt: 1, delayMs: 5 });
    hooks.handled?.({ ...place, attempts: 1, tookMs: 1 });
    const [line, ...others] = lines().map((one) => JSON.parse(one));
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      ...{ level: 50, hook: "deadLettered", topic: "code.executed", partition: 3, offset: 7, code: "handler_failed" },
      msg: "dead letter: code.executed/3@7: [handler_failed] cannot handle code.executed/3@7: no such student <key> in 142",
    });
    expect(line.stack).toMatch(/^at .*log-hooks\.test\.ts/);
  });

  it("winston: the message, then fields", async () => {
    const { stream, lines } = sink();
    const logger = createLogger({ format: format.json(), transports: [new transports.Stream({ stream })] });
    logHooks(logger).laneTaken?.({ group: "g", domain: "students", lane: 2, epoch: 4 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines().map((one) => JSON.parse(one))).toEqual([
      {
        ...{ level: "info", message: "lane taken: students/2 epoch 4" },
        ...{ hook: "laneTaken", group: "g", domain: "students", lane: 2 },
      },
    ]);
  });

  it("console: a line of text", () => {
    const out = sink();
    const errors = sink();
    const hooks = logHooks(new Console(out.stream, errors.stream));
    hooks.laneLost?.({ group: "g", domain: "students", lane: 2, reason: "lost" });
    hooks.parked?.({ ...place, error: null });
    expect([out.lines(), errors.lines()]).toEqual([["lane lost: students/2 (lost)"], ["parked: code.executed/3@7"]]);
  });
});

describe("what is written", () => {
  it("has keys, and who released them, only when asked for", () => {
    for (const keys of [false, true]) {
      const { lines, logger } = keeping();
      const hooks = logHooks(logger, { keys });
      hooks.deadLettered?.({ ...place, error: broken });
      hooks.unparked?.({ ...place, as: "skipped", by: "ada" });
      const text = JSON.stringify(lines);
      expect([text.includes('"key":"42"'), text.includes("student 42"), text.includes("ada")]).toEqual([
        keys,
        keys,
        keys,
      ]);
    }
  });

  it("can be redacted: messages of handlers may quote payloads", () => {
    const { lines, logger } = keeping();
    logHooks(logger, { redact: () => "(see the dead letter)" }).deadLettered?.({ ...place, error: broken });
    expect(lines[0]?.message).toBe("dead letter: code.executed/3@7: (see the dead letter)");
    expect(JSON.stringify(lines)).not.toContain("student");
  });

  it("has the levels that are asked for, and nothing of every event by default", () => {
    const { lines, logger } = keeping();
    const hooks = logHooks(logger, { levels: { handled: "debug", laneTaken: "off" } });
    expect(Object.keys(hooks)).not.toContain("acknowledged");
    expect(Object.keys(hooks)).not.toContain("laneTaken");
    hooks.handled?.({ ...place, attempts: 1, tookMs: 3.4 });
    expect(lines).toMatchObject([{ level: "debug", message: "handled code.executed/3@7 in 3 ms" }]);
  });

  it("says once in a while that a topic's partition count is wrong, and when it is right again", () => {
    const { lines, logger } = keeping();
    const hooks = logHooks(logger);
    const mismatch = { topic: "code.executed", expected: 12, found: 24 };
    // The projector and its producer both tell.
    for (const event of [mismatch, mismatch, { ...mismatch, found: 12 }]) hooks.partitionCount?.(event);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ["error", "partition_count: code.executed has 24 partitions and needs 12"],
      ["info", "code.executed has 12 partitions again, as required"],
    ]);
  });

  it("says on which partition a transaction stays open, and for how long", () => {
    const { lines, logger } = keeping();
    const open = { group: "progress", topic: "code.executed", partition: 3, offset: 7 };
    const hooks = logHooks(logger);
    for (const openMs of [10_100, 15_100]) hooks.transactionOpen?.({ ...open, openMs });
    expect(lines.map(({ message }) => message)).toEqual([
      expect.stringContaining("transaction open for 10 s: code.executed/3 cannot be read from 7 on before it ends"),
    ]);
  });

  it("names the partitioner that most stray records match, and whose default it is", () => {
    const stray = (matches: readonly ("murmur2" | "consistent")[]) => ({ ...place, expected: 5, matches });
    const now = { ms: 0 };
    const { lines, logger } = keeping();
    const hooks = logHooks(logger, { nowMs: () => now.ms });
    hooks.wrongPartition?.(stray([]));
    expect(lines[0]?.message).toContain(
      "wrong partition: code.executed/3@7 belongs on partition 5; no known partitioner",
    );
    for (let n = 0; n < 8; n += 1) hooks.wrongPartition?.(stray(["murmur2"]));
    hooks.wrongPartition?.(stray(["murmur2", "consistent"]));
    // Not a line for each: a producer that fails all the time must not fill a disk.
    expect(lines).toHaveLength(1);
    now.ms = 10_000;
    hooks.wrongPartition?.(stray(["murmur2"]));
    expect(lines[1]?.message).toContain(
      "10 of 11 such records lie where murmur2 puts them (Java's clients, kafkajs, kafka-python)",
    );
    expect(lines[1]).toMatchObject({
      message: expect.stringContaining("(and 9 more like it)"),
      fields: { leftOut: 9 },
    });
  });

  it("no record can steer the terminal that shows the log, or write a line of its own", () => {
    const { lines, logger } = keeping();
    const hooks = logHooks(logger, { keys: true });
    const hostile = "\u001b[2J\n2026-01-01 dead letter: forged\r\u009b1m\u2028\u202e";
    // As an error of another copy of the runtime may be.
    const error = Object.assign(new KeylineError("record_not_json", ""), { message: hostile });
    const at = { group: "mailer", topic: "code.executed", partition: 3, offset: 7, key: hostile };
    hooks.deadLettered?.({ ...at, error });
    hooks.retried?.({ ...at, error, attempt: 1, delayMs: 5 });
    hooks.parked?.({ ...at, error });
    hooks.timerDropped?.({ group: "g", key: hostile, timer: hostile, error });
    expect(lines).toHaveLength(4);
    for (const { message, fields } of lines) {
      expect(message).toMatch(/^[^\p{Cc}\u2028\u202e]*$/u);
      expect(message).toContain("\\u001b[2J\\u000a2026-01-01 dead letter: forged");
      expect(fields.key).toMatch(/^[^\p{Cc}\u2028\u202e]*$/u);
    }
  });
});

it("the page about logs names each hook at its level", async () => {
  const page = await readFile(new URL("../../../docs/operations/logs-and-traces.md", import.meta.url), "utf8");
  const rows = page.matchAll(/^\| (?:`(error|warn|info)`|nothing) +\| ([^|]*)\|$/gm);
  const onPage = [...rows].flatMap(([, level = "off", hooks = ""]) =>
    [...hooks.matchAll(/`(\w+)`/g)].map(([, hook]) => [hook, level]),
  );
  expect(Object.fromEntries(onPage)).toEqual(defaultLevels);
});

describe("the hooks of a relay", () => {
  const error = new KeylineError("topic_unknown", "cannot write the event of 42: there is no topic order.placed");

  it("write what keeps events from being published, without keys", () => {
    const { lines, logger } = keeping();
    const hooks = relayLogHooks(logger);
    hooks.published?.({ rows: 3 });
    hooks.slots?.({ owned: 22 });
    hooks.parked?.({ topic: "order.placed", key: "42", number: "7", error });
    hooks.parked?.({ topic: "order.placed", key: "43", number: "8", error });
    hooks.waiting?.({ for: "brokers", error });
    hooks.polling?.({ error: null });
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "info the relay publishes 22 of 64 slots",
      "error parked: row 7 of the outbox, for order.placed; its key waits: [topic_unknown] cannot write the event of <key>: there is no topic order.placed",
      expect.stringMatching(/^warn the relay waits for its brokers: \[topic_unknown\]/),
      "warn polling: the relay does not hear of new rows",
    ]);
    expect(lines[1]?.fields).toEqual({ hook: "parked", topic: "order.placed", code: "topic_unknown" });
  });

  it("stand on the page about logs, each at its level", async () => {
    const page = await readFile(new URL("../../../docs/operations/logs-and-traces.md", import.meta.url), "utf8");
    const [, sentence = ""] = /`relayLogHooks\(logger\)`\. It writes ([^.]*)\./.exec(page) ?? [];
    const named = [...sentence.matchAll(/((?:`\w+`(?: and )?)+) (?:as|is) `(\w+)`/g)].flatMap(([, names = "", level]) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name, level]),
    );
    expect(Object.fromEntries(named)).toEqual(relayLevels);
  });
});
