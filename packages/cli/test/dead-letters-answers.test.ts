import { createConsumer } from "@keyline/runtime";
import type { MemoryCluster } from "@keyline/runtime/memory";
import { formatSettled } from "@keyline/runtime/tools";
import { describe, expect, test } from "vitest";
import { all, beforeAppends, lane, meeting, openShops, order, writeLetter } from "./letters.js";
import { deadLetterHeaders, foreignRecord, shopCluster, shopPartitions, shopProducer, shopTopics } from "./shop.js";

const { keyline, run, oneLetter, foreignMember } = openShops();

const position = `order.paid.dlq/${lane}@0`;
/** A time as it is printed. */
const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;

/** A cluster with a letter of the group `mailer`. */
function withLetter(more: Readonly<Record<string, string>> = {}): MemoryCluster {
  const cluster = shopCluster();
  writeLetter(cluster, { ...deadLetterHeaders("order.paid", lane, 0), ...more });
  return cluster;
}

/** Settles a letter as another operator does. */
function settle(cluster: MemoryCluster, by: string, { offset = 0, as = "replayed" as "replayed" | "discarded" } = {}) {
  const headers = { "keyline-settled": formatSettled({ offset, as, by }) };
  const record = foreignRecord({ topic: "order.paid", key: String(order), value: "", headers });
  cluster.faults.produce({ ...record, value: null, topic: "order.paid.dlq", partition: lane });
}

/** Starts a consumer that handles nothing, which commits its offsets. */
async function withGroup(cluster: MemoryCluster, groupId: string): Promise<void> {
  const on = { paid: () => undefined } as never;
  const consumer = createConsumer(shopTopics, { transport: cluster.transport(), groupId, commitIntervalMs: 5, on });
  await consumer.start();
  const producer = shopProducer(cluster.transport());
  await producer.send("paid", order);
  await producer.close();
  await consumer.caughtUp();
  await consumer.close();
}

describe("a filter with a word that nothing has", () => {
  test.each(["list", "replay --yes", "discard --yes"])("%s: a code that is not one is usage", async (command) => {
    const cluster = withLetter();
    const { code, out, log } = await keyline(cluster, `${command} --code handler_faild`);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(log).toBe('error: unknown error code "handler_faild"\nDid you mean handler_failed?\n');
    expect((await keyline(cluster, `${command} --code key_missing`)).code).toBe(0);
    expect((await keyline(cluster, "list --code zzzzzzzzzzzzzzzz")).log).toBe(
      'error: unknown error code "zzzzzzzzzzzzzzzz": see the codes in keyline dead-letters list\n',
    );
  });

  test("list: a letter that does not say its code is found as it is shown", async () => {
    const cluster = shopCluster();
    const { "keyline-error-code": _, ...headers } = deadLetterHeaders("order.paid", lane, 0);
    writeLetter(cluster, headers);
    expect((await keyline(cluster, "list --code unknown")).out).toContain("unknown: no such module");
  });

  test.each(["list", "replay --yes", "discard --yes"])(
    "%s: a group that has no part in it is usage",
    async (command) => {
      const cluster = withLetter();
      expect(await keyline(cluster, `${command} --group parcel`)).toMatchObject({
        ...{ code: 2, out: "" },
        log: "error: no letter is of group parcel; letters are of: mailer\n",
      });
    },
  );

  test("a group is known by a settled letter, by the contract, and by what it has committed", async () => {
    const settled = withLetter();
    settle(settled, "bob");
    expect(await keyline(settled, "list --group mailer")).toMatchObject({ code: 0, out: "0 dead letters\n" });
    expect((await keyline(settled, "list --group books")).code).toBe(2);
    const named = await keyline(settled, "list --group books --contract named.yaml");
    expect(named).toMatchObject({ code: 0, out: "0 dead letters\n" });
    await withGroup(settled, "printer");
    expect(await keyline(settled, "list --group printer")).toMatchObject({ code: 0, out: "0 dead letters\n" });
  });

  test("without letters, the topics' groups are named, if there are any", async () => {
    const cluster = shopCluster();
    expect((await keyline(cluster, "list --group parcel")).log).toBe(
      "error: no letter is of group parcel; the topics have no consumer groups\n",
    );
    await withGroup(cluster, "printer");
    expect((await keyline(cluster, "list --group parcel")).log).toBe(
      "error: no letter is of group parcel; the topics' groups are: printer\n",
    );
  });
});

describe("two operators", () => {
  test.each(["replay", "discard"])("%s: what another settled since the letters were read is left", async (command) => {
    const cluster = withLetter();
    writeLetter(cluster, deadLetterHeaders("order.paid", lane, 1));
    const before = all(cluster, "order.paid").length;
    // After the letters were read, and before one is written.
    const confirm = async () => {
      settle(cluster, "bob");
      return true;
    };
    const also = command === "replay" ? " --also-reaches mailer" : "";
    const { code, log, json } = await keyline(cluster, `${command} --by ada --json${also}`, { confirm });
    expect(code).toBe(0);
    expect(log).toContain(`${position} was settled meanwhile by bob\n`);
    expect(json).toMatchObject({
      settled: [{ at: { offset: 1 } }],
      settledMeanwhile: [{ at: { offset: 0 }, as: "replayed", by: "bob", time: expect.stringMatching(`^${time}$`) }],
      error: null,
    });
    expect(all(cluster, "order.paid")).toHaveLength(before + (command === "replay" ? 1 : 0));
    expect(all(cluster, "order.paid.dlq")).toHaveLength(4);
  });

  test("a marker between two of our letters counts too; the last line says so", async () => {
    const cluster = withLetter();
    writeLetter(cluster, deadLetterHeaders("order.paid", lane, 1));
    let appends = 0;
    const transport = beforeAppends(cluster.transport(), () => {
      appends += 1;
      if (appends === 2) settle(cluster, "bob", { offset: 1 });
    });
    const replayed = await keyline(cluster, "replay --yes --by ada --also-reaches mailer", { transport });
    expect(replayed.code).toBe(0);
    expect(replayed.out).toContain("\n1 of 2 dead letters settled, 1 settled meanwhile\n");
    expect(all(cluster, "order.paid")).toHaveLength(1);
  });

  test("where both were too quick, list and trace name both", async () => {
    const { cluster, repair, books } = await oneLetter();
    repair();
    const transportOf = meeting(2);
    await Promise.all(
      ["ada", "bob"].map((by) =>
        keyline(cluster, `replay --yes --by ${by}`, { transport: transportOf(cluster.transport()) }),
      ),
    );
    await books.caughtUp();
    const listed = await keyline(cluster, "list --settled");
    for (const by of ["ada", "bob"]) expect(listed.out).toMatch(new RegExp(`replayed by ${by} at ${time}`));
    const [letter] = (await keyline(cluster, "list --settled --json")).json.letters;
    expect([letter.settled, ...letter.settledAgain].map(({ by }) => by).sort()).toEqual(["ada", "bob"]);
    const traced = await run(cluster, "trace 42");
    for (const by of ["ada", "bob"]) expect(traced.out).toContain(`~ trace-settled  replayed by ${by}: books`);
    const [note] = (await run(cluster, "trace 42 --json")).json.events.flatMap(
      ({ deadLetters }: { deadLetters: readonly object[] }) => deadLetters,
    );
    expect(note).toMatchObject({ settled: { as: "replayed", time: expect.stringMatching(`^${time}$`) } });
    expect(note.settledAgain).toHaveLength(1);
  });
});

describe("a position", () => {
  test.each(["replay --yes", "discard --yes"])(
    "%s: of a settled letter says how, by whom and when",
    async (command) => {
      const cluster = withLetter();
      settle(cluster, "bob", { as: "discarded" });
      const { code, out, log } = await keyline(cluster, `${command} ${position}`);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(log).toMatch(new RegExp(`^error: ${position} was discarded by bob at ${time}: nothing was written\n$`));
    },
  );

  test("show and list say of a settled letter when that was", async () => {
    const cluster = withLetter();
    settle(cluster, "bob");
    for (const command of ["list --settled", `show ${position}`]) {
      const { out } = await keyline(cluster, command);
      expect(out, command).toMatch(new RegExp(`, replayed by bob at ${time}\n`));
    }
    const { json } = await keyline(cluster, `show ${position} --json`);
    expect(json.letter.settled).toEqual({
      ...{ offset: 0, as: "replayed", by: "bob" },
      time: expect.stringMatching(`^${time}$`),
    });
  });

  test("that has no letter says what is there", async () => {
    const cluster = withLetter();
    settle(cluster, "bob");
    writeLetter(cluster, { "x-death": "other" });
    const said = async (offset: number) => (await keyline(cluster, `show order.paid.dlq/${lane}@${offset}`)).log;
    const no = (offset: number) => `error: no dead letter is at order.paid.dlq/${lane}@${offset}: `;
    expect(await said(1)).toBe(`${no(1)}its record marks ${position} as settled\n`);
    expect(await said(2)).toBe(`${no(2)}its record was not written by a Keyline app\n`);
    expect(await said(7)).toBe(`${no(7)}the log has no record there: see keyline dead-letters list\n`);
  });

  test.each(["show", "replay --yes", "discard --yes"])(
    "%s: on a partition that is not there is usage",
    async (command) => {
      const { code, log } = await keyline(withLetter(), `${command} order.paid.dlq/9@0`);
      expect(code).toBe(2);
      expect(log).toBe(
        `error: order.paid.dlq has no partition 9: it has ${shopPartitions}, from 0 to ${shopPartitions - 1}\n`,
      );
    },
  );

  test("is asked for with an example", async () => {
    const { code, log } = await keyline(shopCluster(), "show");
    expect(code).toBe(2);
    expect(log).toContain("missing required argument 'letter': its position, e.g. code.executed.dlq/3@12");
  });
});

describe("--json", () => {
  test.each([
    [2, "show order.paid.dlq", '"order.paid.dlq" is not the position of a letter'],
    [1, `discard --yes order.paid.dlq/0@7`, "no dead letter is at order.paid.dlq/0@7"],
    [2, "replay --yes order.paid.dlq/9@0", "order.paid.dlq has no partition 9"],
    [2, "list --group parcel", "no letter is of group parcel"],
    [2, "list --code handler_faild", "unknown error code"],
  ])("exits %i with one object, whose error is the text's: %s", async (code, command, error) => {
    const cluster = withLetter();
    const { log } = await keyline(cluster, command);
    const said = await keyline(cluster, `${command} --json`);
    expect(said.code).toBe(code);
    expect(said.json).toEqual({
      version: 1,
      command: `dead-letters ${command.split(" ")[0]}`,
      error: expect.stringContaining(error),
    });
    expect(log).toBe(`error: ${said.json.error}\n`);
    expect(said.log).toBe(log);
  });

  test("has the plan and the error where nothing was confirmed", async () => {
    const cluster = withLetter();
    const also = "--also-reaches mailer";
    expect((await keyline(cluster, `replay --json ${also}`)).json).toMatchObject({
      ...{ steps: [{}], settled: [], error: "not at a terminal: pass --yes; nothing was written" },
    });
    const declined = await keyline(cluster, `replay --json ${also}`, { confirm: async () => false });
    expect(declined.json).toMatchObject({ steps: [{}], settled: [], error: "nothing was written" });
    const done = await keyline(cluster, `replay --yes --json ${also}`);
    expect(done.json).toMatchObject({ settled: [{}], settledMeanwhile: [], error: null });
    expect((await keyline(cluster, "list --json")).json.error).toBeNull();
    expect((await keyline(cluster, `show ${position} --json`)).json.error).toBeNull();
  });

  test("has the error where all letters are refused", async () => {
    const cluster = withLetter({ "keyline-error-value": "omitted: applied" });
    const { code, json } = await keyline(cluster, "replay --yes --json");
    expect([code, json.error]).toEqual([1, "nothing was written"]);
  });

  test("says what the text says of groups", async () => {
    const { cluster } = await oneLetter();
    const { json } = await keyline(cluster, "replay --json");
    expect(json.groups).toMatchObject([
      { group: "books", effect: "handles" },
      { group: "mailer", effect: "skips" },
    ]);
  });
});

describe("a group that may not know redeliveries", () => {
  test("is to be started where it has no members; its name is the other way", async () => {
    const cluster = withLetter();
    const safe = 'start mailer and run this again, or pass --also-reaches "mailer" where it may handle them';
    const error = `groups may handle what is not meant for them: ${safe}`;
    expect((await keyline(cluster, "replay --yes")).log).toBe(`error: ${error}\n`);
    const { code, json } = await keyline(cluster, "replay --yes --json");
    expect(code).toBe(2);
    expect(json).toMatchObject({ steps: [{}], groups: [{ effect: "unknown" }], settled: [], error });
  });

  test("that has members is not to be started", async () => {
    const { cluster } = await oneLetter();
    foreignMember(cluster, "legacy");
    await expect.poll(() => cluster.group("legacy").members.size).toBe(1);
    expect((await keyline(cluster, "replay --yes")).log).toBe(
      'error: groups may handle what is not meant for them: pass --also-reaches "legacy" where it may handle them\n',
    );
  });
});

describe("list, where the database does not answer", () => {
  const environment = { DATABASE_URL: "postgres://keyline:secret@127.0.0.1:1/keyline" };

  test("shows the letters, says that parked keys are missing, and exits 1", async () => {
    const cluster = withLetter();
    const { code, out, log } = await keyline(cluster, "list", { environment });
    expect(code).toBe(1);
    expect(out).toContain(`${position}  key 42  mailer  handler_failed`);
    expect(out).toContain("\n1 dead letter\n");
    expect(log).toMatch(/^error: parked keys are not shown: .*127\.0\.0\.1:1/);
    expect(log).not.toContain("secret");
    const { json } = await keyline(cluster, "list --json", { environment });
    expect(json).toMatchObject({ letters: [{}], parked: null, notRead: [{ what: "parked keys" }] });
    expect(json.error).toMatch(/^parked keys are not shown: /);
  });

  test("still refuses a group that is not known", async () => {
    expect((await keyline(withLetter(), "list --group parcel", { environment })).code).toBe(2);
  });
});

test("a contract that is not there is named by the option, for commands that take it so", async () => {
  const { code, log } = await keyline(shopCluster(), "list --contract missing.yaml");
  expect(code).toBe(1);
  expect(log).toContain("pass the path of an AsyncAPI document in YAML or JSON by --contract FILE");
});
