import { createMemoryStore } from "@keyline/runtime/testing";
import { describe, expect, test } from "vitest";
import { all, lane, meeting, openShops, order, text, withoutMarkers, writeLetter } from "./letters.js";
import { deadLetterHeaders, laneMate, shopCluster, shopProducer } from "./shop.js";

const { keyline, run, createScene, oneLetter, foreignMember } = openShops();

describe("keyline dead-letters list", () => {
  test("with nothing there says so: 0", async () => {
    expect(await keyline(shopCluster(), "list")).toMatchObject({ code: 0, out: "0 dead letters\n", log: "" });
  });

  test("shows each letter with its reason, its source and its group, never a payload: 3", async () => {
    const { cluster, position } = await oneLetter();
    const { code, out } = await keyline(cluster, "list");
    expect(code).toBe(3);
    expect(out).toContain(`${position}  key 42  books  handler_failed: no such module`);
    expect(out).toContain(`order.paid/${lane}@1, 1 attempt, failed 2`);
    expect(out).toContain("1 dead letter\nLook at one: keyline dead-letters show POSITION");
    const { json } = await keyline(cluster, "list --json");
    expect(json).toMatchObject({
      ...{ version: 1, command: "dead-letters list", parked: null, leftOut: 0 },
      letters: [{ key: "42", group: "books", code: "handler_failed", replay: "once", settled: null }],
    });
  });

  test("filters by topic, key, code, group, time and number; a name that is not known is usage: 2", async () => {
    const cluster = shopCluster();
    for (const offset of [0, 1, 2]) writeLetter(cluster, deadLetterHeaders("order.paid", lane, offset));
    const count = async (filter: string) => (await keyline(cluster, `list --json ${filter}`)).json.letters.length;
    expect(await count("--limit 9")).toBe(3);
    for (const filter of [
      "--topic paid",
      "--topic order.paid.dlq",
      "--key 42",
      "--code handler_failed",
      "--group mailer",
    ])
      expect(await count(filter), filter).toBe(3);
    for (const filter of ["--topic placed", "--key 43", "--code key_missing", "--since 1s"])
      expect(await count(filter), filter).toBe(0);
    const { json, code } = await keyline(cluster, "list --json --limit 2");
    expect([code, json.letters.map(({ at }: { at: { offset: number } }) => at.offset), json.leftOut]).toEqual([
      3,
      [0, 1],
      1,
    ]);
    const unknown = await keyline(cluster, "list --topic order.pid");
    expect(unknown).toMatchObject({ code: 2, log: expect.stringContaining("Did you mean order.paid?") });
  });

  test("marks letters of before, and says what is none of Keyline's", async () => {
    const cluster = shopCluster();
    writeLetter(cluster, deadLetterHeaders("order.paid", lane, 0));
    writeLetter(cluster, { "x-death": "other" });
    const { out } = await keyline(cluster, "list");
    expect(out).toContain("a replay is recognised by its id only");
    expect(out).toContain("order.paid.dlq has 1 record not written by a Keyline app");
  });
});

describe("keyline dead-letters show", () => {
  test("has the headers, and the payload where asked for", async () => {
    const { cluster, position } = await oneLetter();
    const { code, out } = await keyline(cluster, `show ${position}`);
    expect(code).toBe(0);
    expect(out).toContain("  keyline-error-replay: once\n");
    // What the lines above say is not said twice.
    expect(out).not.toContain("keyline-error-message");
    expect((await keyline(cluster, `show ${position} --json`)).json.headers).toContainEqual([
      "keyline-error-topic",
      "order.paid",
    ]);
    expect(out).toContain("the source still has its record");
    expect(out).not.toContain('"n":1');
    expect((await keyline(cluster, `show ${position} --show-payload`)).out).toContain('"n":1');
  });

  test("of a position that has none: 1; of what is no position: 2", async () => {
    const cluster = shopCluster();
    expect(await keyline(cluster, "show order.paid.dlq/0@7")).toMatchObject({ code: 1 });
    expect(await keyline(cluster, "show order.paid.dlq")).toMatchObject({ code: 2 });
    expect((await keyline(cluster, "show order.pad.dlq/0@7")).log).toContain("Did you mean order.paid.dlq?");
  });
});

describe("keyline dead-letters replay", () => {
  test("without --yes and without a terminal shows what it would do, writes nothing, and exits 2", async () => {
    const { cluster, position } = await oneLetter();
    const before = all(cluster, "order.paid").length;
    const committed = async () =>
      (await cluster.inspector().groups(["order.paid"])).find(({ groupId }) => groupId === "books")?.committed;
    await expect
      .poll(committed, { timeout: 20_000 })
      .toContainEqual({ topic: "order.paid", partition: lane, offset: 3 });
    const { code, out, log } = await keyline(cluster, "replay");
    expect(code).toBe(2);
    expect(out).toContain(`${position}  key 42  append to order.paid/${lane}, `);
    expect(out).toContain("for books; it follows 1 later event of its key, handled already");
    expect(out).toContain("group books handles its own letters\ngroup mailer skips them\n");
    expect(log).toContain("not at a terminal: pass --yes; nothing was written");
    expect(all(cluster, "order.paid")).toHaveLength(before);
    expect(all(cluster, "order.paid.dlq")).toHaveLength(1);
    const json = await keyline(cluster, "replay --json");
    expect(json).toMatchObject({ code: 2, json: { version: 1, command: "dead-letters replay", settled: [] } });
  });

  test("counts what came of the key on another topic, also what was sent before the event failed", async () => {
    const scene = createScene();
    const producer = shopProducer(scene.cluster.transport());
    await producer.send("paid", order, { n: 1 });
    await producer.send("shipped", order, { n: 2 });
    await producer.close();
    scene.fail("books", 1);
    const books = await scene.project("books");
    await scene.untilLetters(1);
    await books.caughtUp();
    const shown = async () => (await keyline(scene.cluster, "replay")).out;
    await expect.poll(shown, { timeout: 20_000 }).toContain("it follows 1 later event of its key");
  });

  test("asks at a terminal; a no writes nothing", async () => {
    const { cluster } = await oneLetter();
    const asked: string[] = [];
    const confirm = async (question: string) => {
      asked.push(question);
      return false;
    };
    expect(await keyline(cluster, "replay", { confirm })).toMatchObject({ code: 1, log: "nothing was written\n" });
    expect(asked).toEqual(["Send 1 dead letter again?"]);
    expect(all(cluster, "order.paid.dlq")).toHaveLength(1);
  });

  test("is applied by the group that refused it, and passed over by others; the letter is settled and told", async () => {
    const { cluster, repair, stateOf, store, books, mailer, handledBy, position } = await oneLetter();
    repair();
    const { code, out, log } = await keyline(cluster, "replay --yes --by ada");
    expect(code).toBe(0);
    expect(out).toContain("1 of 1 dead letter settled\n");
    expect(log).toMatch(
      new RegExp(
        `^\\S+ ada replayed ${position} \\(order.paid/${lane}@1, key 42, books\\) as order.paid/${lane}@3\\n$`,
      ),
    );
    await books.caughtUp();
    await mailer.caughtUp();
    expect(await stateOf(store, "books")).toEqual([0, 2, 1]);
    expect(handledBy("mailer")).toEqual([0, 1, 2]);
    expect(await keyline(cluster, "list")).toMatchObject({ code: 0, out: "0 dead letters\n" });
    expect((await keyline(cluster, "list --settled")).out).toContain("replayed by ada");
    expect((await keyline(cluster, "replay --yes")).out).toContain("no dead letter waits");
  });

  test("carries the record's headers, but for its number, its history and an older redelivery", async () => {
    const cluster = shopCluster();
    const own = {
      "keyline-message": "paid",
      "keyline-seq": "a#4",
      "x-tenant": "7",
      "keyline-redelivery": "g a/0@1 b/0@2",
    };
    writeLetter(cluster, { ...own, ...deadLetterHeaders("order.paid", lane, 5) });
    expect((await keyline(cluster, "replay --yes --also-reaches mailer")).code).toBe(0);
    const [sent] = all(cluster, "order.paid");
    expect(sent?.headers.map(([name]) => name)).toEqual(["keyline-message", "x-tenant", "keyline-redelivery"]);
    const letter = `order.paid/${lane}@5 order.paid.dlq/${lane}@0 by-id`;
    expect(text(sent, "keyline-redelivery")).toBe(`mailer ${letter}`);
    const marker = all(cluster, "order.paid.dlq")[1];
    expect([marker?.value, Buffer.from(marker?.key ?? []).toString()]).toEqual([null, "42"]);
    expect(text(marker, "keyline-settled")).toMatch(/^0 replayed ./);
  });

  test("of letters of a handler and of a projection reaches each, and no other", async () => {
    const scene = createScene();
    const store = createMemoryStore();
    scene.fail("books", 1);
    scene.fail("mailer", 1);
    const members = [await scene.project("books", store), await scene.handle("mailer"), await scene.handle("printer")];
    const producer = shopProducer(scene.cluster.transport());
    for (const n of [0, 1]) await producer.send("paid", order, { n });
    await scene.untilLetters(2);
    scene.repair();
    expect((await keyline(scene.cluster, "replay --yes")).code).toBe(0);
    for (const member of members) await member.caughtUp();
    expect(await scene.stateOf(store, "books")).toEqual([0, 1]);
    expect([scene.handledBy("mailer"), scene.handledBy("printer")]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    await producer.close();
  });

  test("by two operators at once is applied once", async () => {
    const { cluster, repair, stateOf, store, books } = await oneLetter();
    repair();
    // Each has read the letters before either of them sends.
    const transportOf = meeting(2);
    const both = await Promise.all(
      ["ada", "bob"].map((by) =>
        keyline(cluster, `replay --yes --by ${by}`, { transport: transportOf(cluster.transport()) }),
      ),
    );
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(all(cluster, "order.paid")).toHaveLength(5);
    await books.caughtUp();
    expect(await stateOf(store, "books")).toEqual([0, 2, 1]);
  });

  test("whose marker is lost is listed still, and applied once when it is sent a second time", async () => {
    const { cluster, repair, stateOf, store, books } = await oneLetter();
    repair();
    const failing = withoutMarkers(cluster.transport());
    const lost = await keyline(cluster, "replay --yes", { transport: failing });
    expect(lost.code).toBe(1);
    expect(lost.log).toContain("Run the same command again to continue");
    expect((await keyline(cluster, "list")).code).toBe(3);
    expect((await keyline(cluster, "replay --yes")).code).toBe(0);
    await books.caughtUp();
    expect(await stateOf(store, "books")).toEqual([0, 2, 1]);
    expect((await keyline(cluster, "list")).code).toBe(0);
  });

  test("that fails again leaves a letter of its own; the first one stays settled", async () => {
    const { cluster, repair, stateOf, store, books, untilLetters } = await oneLetter();
    expect((await keyline(cluster, "replay --yes")).code).toBe(0);
    await untilLetters(3);
    const { json } = await keyline(cluster, "list --json");
    expect(json.letters).toMatchObject([{ source: { offset: 3 }, settled: null }]);
    repair();
    expect((await keyline(cluster, "replay --yes")).code).toBe(0);
    await books.caughtUp();
    expect(await stateOf(store, "books")).toEqual([0, 2, 1]);
  });

  test("sends letters of one key in the order of their causes, each after the one before", async () => {
    const scene = createScene();
    const store = createMemoryStore();
    scene.fail("books", 1, 2, 3);
    const books = await scene.project("books", store);
    const producer = shopProducer(scene.cluster.transport());
    // By the topics' names the order would be another.
    await producer.send("shipped", order, { n: 1 });
    await producer.send("paid", order, { n: 2 });
    await producer.send("placed", order, { n: 3 });
    for (const topic of ["order.shipped", "order.paid", "order.placed"]) await scene.untilLetters(1, topic);
    scene.repair();
    const { json } = await keyline(scene.cluster, "replay --yes --json");
    const sent = json.settled.map((one: { sent: { topic: string } }) => one.sent.topic);
    expect(sent).toEqual(["order.shipped", "order.paid", "order.placed"]);
    const last = all(scene.cluster, "order.placed").at(-1);
    expect(text(last, "keyline-after")).toBe(`order.shipped/${lane}@1, order.paid/${lane}@1`);
    await books.caughtUp();
    expect(await scene.stateOf(store, "books")).toEqual([1, 2, 3]);
    await producer.close();
  });

  test("to a group that does not say that it passes over needs its name: 2, and nothing is written", async () => {
    const { cluster } = await oneLetter();
    foreignMember(cluster, "legacy");
    await expect.poll(() => cluster.group("legacy").members.size).toBe(1);
    const { code, out, log } = await keyline(cluster, "replay --yes");
    expect(code).toBe(2);
    expect(out).toContain(
      "group legacy may not know redeliveries, and would then handle all of them: 0 of 1 member announce it",
    );
    expect(log).toContain('pass --also-reaches "legacy"');
    expect(all(cluster, "order.paid")).toHaveLength(3);
    expect((await keyline(cluster, "replay --yes --also-reaches legay")).log).toContain("Did you mean legacy?");
    expect((await keyline(cluster, "replay --yes --also-reaches legacy")).code).toBe(0);
  });

  test("of one letter, by its position, leaves the others", async () => {
    const scene = createScene();
    scene.fail("mailer", 1, 2);
    await scene.handle("mailer");
    const producer = shopProducer(scene.cluster.transport());
    for (const n of [1, 2]) await producer.send("paid", order, { n });
    await scene.untilLetters(2);
    scene.repair();
    expect((await keyline(scene.cluster, `replay order.paid.dlq/${lane}@1 --yes`)).code).toBe(0);
    await expect.poll(() => scene.handledBy("mailer")).toEqual([2]);
    const { json } = await keyline(scene.cluster, "list --json");
    expect(json.letters).toMatchObject([{ at: { offset: 0 } }]);
    await producer.close();
  });
});

describe("what was replayed", () => {
  test("is told by trace: the letter is settled and the replay no duplicate, and nothing is a problem any more", async () => {
    const { cluster, repair, books, position } = await oneLetter();
    expect((await run(cluster, "trace 42")).code).toBe(3);
    repair();
    await keyline(cluster, "replay --yes --by ada");
    await books.caughtUp();
    const { code, out } = await run(cluster, "trace 42");
    expect(out).toContain(`~ trace-settled  replayed by ada: books: handler_failed (${position})\n`);
    expect(out).toContain(`~ trace-redelivery  sent again for books: ${position}\n`);
    expect(out).toMatch(/^4 events; /m);
    expect(code).toBe(0);
  });

  test("is told by audit: no duplicate, and no dead letter waits", async () => {
    const { cluster, repair, books } = await oneLetter();
    const waiting = (await run(cluster, "audit --json")).json;
    expect(waiting).toMatchObject({ records: { redeliveries: 0 } });
    expect(waiting.cluster.deadLetters).toEqual([{ topic: "order.paid.dlq", records: 1 }]);
    repair();
    await keyline(cluster, "replay --yes");
    await books.caughtUp();
    const { json } = await run(cluster, "audit --json");
    expect(json.cluster.deadLetters).toEqual([]);
    expect(json.records).toMatchObject({ records: 4, redeliveries: 1 });
    expect(json.records.groups.map(({ kind }: { kind: string }) => kind)).not.toContain("duplicate-id");
  });
});

describe("a letter whose value was left out", () => {
  const omitted = (more: Readonly<Record<string, string>>, offset = 0) => ({
    ...deadLetterHeaders("order.paid", lane, offset),
    ...{ "keyline-error-value": "omitted: too large", ...more },
  });
  /** The event at the source, and a letter about it. */
  const withLetter = async (more: Readonly<Record<string, string>>, offset = 0) => {
    const cluster = shopCluster();
    const producer = shopProducer(cluster.transport());
    await producer.send("paid", order, { n: 1 });
    await producer.close();
    writeLetter(cluster, omitted(more, offset), null);
    return { cluster, ...(await keyline(cluster, "replay --yes --also-reaches mailer")) };
  };

  test("is read at its source", async () => {
    const { cluster, code } = await withLetter({});
    expect(code).toBe(0);
    const [first, sent] = all(cluster, "order.paid");
    expect(Buffer.from(sent?.value ?? []).equals(Buffer.from(first?.value ?? []))).toBe(true);
    expect(text(sent, "keyline-message")).toBe("paid");
  });

  test.each([
    ["that has another size", { "keyline-error-value-bytes": "7" }, 0, "source-differs"],
    ["that has another content", { "keyline-error-value-sha256": "0".repeat(64) }, 0, "source-differs"],
    ["that is gone", {}, 9, "source-gone"],
    ["that was applied", { "keyline-error-value": "omitted: applied" }, 0, "applied"],
    ["that no reader unpacks", { "keyline-error-value": "omitted: not unpacked" }, 0, "not-unpacked"],
  ])("of a source %s is refused by name: 1, and nothing is written", async (_, more, offset, refusal) => {
    const { cluster, code, out } = await withLetter(more, offset);
    expect(code).toBe(1);
    expect(out).toContain(`refused: ${refusal}: `);
    expect(all(cluster, "order.paid")).toHaveLength(1);
    expect(all(cluster, "order.paid.dlq")).toHaveLength(1);
  });

  test("of another key at the source is refused", async () => {
    const cluster = shopCluster();
    const producer = shopProducer(cluster.transport());
    await producer.send("paid", laneMate(order), { n: 1 });
    await producer.close();
    writeLetter(cluster, omitted({}), null);
    expect((await keyline(cluster, "replay --yes")).out).toContain("refused: source-differs: ");
  });
});

test.each([
  ["source", "order.paid", "source-compacted"],
  ["dead letters", "order.paid.dlq", "letters-compacted"],
])("a replay is refused where the topic of the %s is compacted", async (_, topic, refusal) => {
  const cluster = shopCluster();
  writeLetter(cluster, deadLetterHeaders("order.paid", lane, 0));
  const real = cluster.inspector();
  const compacted = { "cleanup.policy": topic === "order.paid" ? "compact,delete" : "compact" };
  const describe = async (names: readonly string[]) =>
    new Map(
      [...(await real.describe(names))].map(([name, state]) => [
        name,
        name === topic ? { ...state, config: compacted } : state,
      ]),
    );
  const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: { ...real, describe } });
  const { code, out } = await keyline(cluster, "replay --yes", { connect });
  expect(code).toBe(1);
  expect(out).toContain(`refused: ${refusal}: `);
  if (topic === "order.paid.dlq") expect((await keyline(cluster, "discard --yes", { connect })).code).toBe(1);
  expect(all(cluster, "order.paid")).toHaveLength(0);
  expect(all(cluster, "order.paid.dlq")).toHaveLength(1);
});

describe("keyline dead-letters discard", () => {
  test("marks letters, sends nothing, and tells who did it", async () => {
    const { cluster, position } = await oneLetter();
    expect(await keyline(cluster, "discard")).toMatchObject({ code: 2 });
    const { code, log } = await keyline(cluster, "discard --yes --by ada");
    expect(code).toBe(0);
    expect(log).toContain(`ada discarded ${position} (order.paid/${lane}@1, key 42, books)\n`);
    expect(all(cluster, "order.paid")).toHaveLength(3);
    expect((await keyline(cluster, "list")).code).toBe(0);
    expect((await keyline(cluster, "list --settled --json")).json.letters).toMatchObject([
      { settled: { as: "discarded", by: "ada" } },
    ]);
  });
});
