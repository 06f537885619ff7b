import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Every name that an entry exports, types too. */
function namesOf(entry: string): string[] {
  const text = readFileSync(new URL(`../src/${entry}.ts`, import.meta.url), "utf8");
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].map(([, list = ""]) => list);
  return lists.flatMap((list) =>
    list
      .split(",")
      .map((name) =>
        name
          .trim()
          .replace(/^type /, "")
          .replace(/^.* as /, ""),
      )
      .filter((name) => name !== ""),
  );
}

test("the main entry has at most 40 names, and makes what apps need", async () => {
  expect(namesOf("index").length).toBeLessThanOrEqual(40);
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "DoNotRetry",
    "KeylineError",
    "createConsumer",
    "createProducer",
    "createProjector",
    "defineProjection",
    "errorCodes",
    "isKeylineError",
    "stateReader",
  ]);
});

test("only the two ports, which apps pass on and others implement, are exported by two entries", () => {
  const names = ["index", "transport", "store", "tracing", "outbox", "tools"].flatMap(namesOf);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual(["Transport", "Store"]);
});
