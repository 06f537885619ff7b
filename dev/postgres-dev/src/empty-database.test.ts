import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyDatabase } from "./empty-database.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-empty-"));
});
afterAll(() => rm(folder, { recursive: true }));

const tablesIn = async (database: Awaited<ReturnType<typeof emptyDatabase>>) => {
  const { rows } = await database.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  );
  return rows.map(({ name }) => name);
};

it("the first is kept, and copies of it are empty whatever was done to another", { timeout: 300_000 }, async () => {
  const file = join(folder, "kept", "empty.tar");
  const first = await emptyDatabase(file);
  expect(existsSync(file)).toBe(true);
  await first.query("create table mine (n integer)");
  const copy = await emptyDatabase(file);
  expect([await tablesIn(first), await tablesIn(copy)]).toEqual([["mine"], []]);
  await copy.query("create table other (n integer)");
  expect(await tablesIn(first)).toEqual(["mine"]);
  await Promise.all([first.close(), copy.close()]);
});

it("where nothing can be kept one is made all the same", { timeout: 300_000 }, async () => {
  const notAFolder = join(folder, "a-file");
  await writeFile(notAFolder, "");
  const database = await emptyDatabase(join(notAFolder, "empty.tar"));
  expect(await tablesIn(database)).toEqual([]);
  await database.close();
});
