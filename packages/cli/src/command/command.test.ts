import { Command as Grammar } from "commander";
import { describe, expect, test } from "vitest";
import { createTestIo } from "../test-io.js";
import { addCommand } from "./add-command.js";
import { type Command, command } from "./command.js";
import { CommandError, exitCodes } from "./outcome.js";
import { argument, choiceOption, flag, listOption, optionWithDefault, textOption } from "./parameters.js";
import { duration } from "./values.js";

const project = { contract: "shop.yaml", out: "sdk", layout: "packages" } as const;

/** Runs a command line of one command. */
async function run(declared: Command, ...args: readonly string[]) {
  let holders = 0;
  const held: number[] = [];
  const io = createTestIo(".", {
    holdExit: () => {
      holders += 1;
      held.push(holders);
      return () => {
        holders -= 1;
      };
    },
  });
  let code: number | null = null;
  const program = new Grammar("keyline").exitOverride().configureOutput({ writeOut: io.out, writeErr: io.log });
  addCommand(program, declared, {
    ...{ io, project },
    done: (result) => {
      code = result;
    },
  });
  const error: unknown = await program.parseAsync([...args], { from: "user" }).then(
    () => null,
    (caught: unknown) => caught,
  );
  return { code, error, held, holders, ...io.written };
}

const inputs: unknown[] = [];
const show = command({
  name: "show",
  group: { name: "shop", summary: "about a shop" },
  summary: "show an order",
  needs: { contract: "option" },
  parameters: {
    key: argument("<key>", "the order"),
    only: listOption("--only <name>", "these alone"),
    wait: optionWithDefault("--wait <duration>", "how long", duration, "30s"),
    by: textOption("--by <name>", "the requester"),
    color: choiceOption("--color <name>", "red or blue", ["red", "blue"]),
    all: flag("-a, --all", "all of it"),
  },
  json: "the order as JSON",
  details: "Reads only.",
  examples: ["keyline shop show 1"],
  exits: { problems: "the order is late" },
  async run(input, { file, say }) {
    inputs.push({ ...input, file });
    say("reading\n");
    return { exit: "problems", text: "late\n", json: { late: true } };
  },
});

describe("a declared command", () => {
  test("runs with what was typed, else with its defaults, which are read as if they were typed", async () => {
    inputs.length = 0;
    await run(show, "shop", "show", "1");
    await run(show, "shop", "show", "1", "--only", "a", "--only", "b", "--wait", "2m", "--by", "me", "-a");
    const defaults = { only: [], wait: 30_000, by: undefined, color: undefined, all: false };
    expect(inputs).toMatchObject([
      { key: "1", file: "shop.yaml", ...defaults },
      { key: "1", file: "shop.yaml", only: ["a", "b"], wait: 120_000, by: "me", all: true },
    ]);
  });

  test("prints text, or with --json its version, its full name and the report, and nothing else", async () => {
    expect(await run(show, "shop", "show", "1")).toMatchObject({ code: exitCodes.problems, out: "reading\nlate\n" });
    const { code, out } = await run(show, "shop", "show", "1", "--json");
    expect(code).toBe(exitCodes.problems);
    expect(out).toBe(`${JSON.stringify({ version: 1, command: "shop show", late: true }, null, 2)}\n`);
  });

  test("has help with defaults, details, examples and its exit codes", async () => {
    const { out } = await run(show, "shop", "show", "--help");
    expect(out).toMatch(/--contract <file> +the AsyncAPI document \(default: shop\.yaml\)/);
    expect(out).toContain("(default: 30s)");
    expect(out).toContain(
      "\nReads only.\n\nExamples:\n  keyline shop show 1\n\nExit codes: 0 no problems; 1 could not run;",
    );
    expect(out).toContain("2 usage; 3 the order is late.\n");
  });

  test("refuses what it cannot read, with what is allowed", async () => {
    expect((await run(show, "shop", "show", "1", "--wait", "soon")).log).toContain("Not a duration: pass 30s");
    expect((await run(show, "shop", "show", "1", "--color", "green")).log).toContain("Allowed choices are red, blue.");
    expect((await run(show, "shop", "show")).log).toContain("missing required argument 'key': the order\n");
  });
});

test("an error is JSON too for a command that says so, and for no other", async () => {
  const failing = (hasErrorJson: boolean) =>
    command({
      ...{ name: "fail", summary: "fails", parameters: {}, json: "as JSON", ...(hasErrorJson ? { hasErrorJson } : {}) },
      run: async () => {
        throw new CommandError("usage", "never\nDid you mean ever?");
      },
    });
  const { out, error } = await run(failing(true), "fail", "--json");
  expect(JSON.parse(out)).toEqual({ version: 1, command: "fail", error: "never\nDid you mean ever?" });
  expect(error).toBeInstanceOf(CommandError);
  expect((await run(failing(true), "fail")).out).toBe("");
  expect((await run(failing(false), "fail", "--json")).out).toBe("");
});

test("a command that ends itself holds the exit from then on, and no longer when it fails; others never do", async () => {
  const failing = command({
    ...{ name: "fail", summary: "fails", parameters: {} },
    run: async (_, { endsItself }) => {
      endsItself();
      throw new CommandError("usage", "never");
    },
  });
  expect(await run(failing, "fail")).toMatchObject({
    held: [1],
    holders: 0,
    error: new CommandError("usage", "never"),
  });
  expect(await run(show, "shop", "show", "1")).toMatchObject({ held: [] });
});
