import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closedFolder } from "./start-postgres.ts";

test("the outermost folder that only its owner may enter is found", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyline-closed-"));
  const inner = join(folder, "a", "b");
  try {
    mkdirSync(inner, { recursive: true });
    for (const one of [folder, join(folder, "a"), inner]) chmodSync(one, 0o755);
    expect(closedFolder(inner)).toBeNull();
    chmodSync(inner, 0o700);
    expect(closedFolder(inner)).toBe(inner);
    chmodSync(folder, 0o750);
    expect(closedFolder(inner)).toBe(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
