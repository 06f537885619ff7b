import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "./references.js";

/** A folder in which one contract after the other is written and checked. */
export interface ContractFolder {
  readonly path: string;
  readonly file: string;
  remove(): Promise<void>;
}

/** Makes a repository with what references may lead to: a link, a FIFO, a folder, and a secret beside it. */
export async function contractFolder(): Promise<ContractFolder> {
  const base = await mkdtemp(join(tmpdir(), "keyline-hostile-"));
  const path = join(base, "repository");
  await mkdir(join(path, ".git"), { recursive: true });
  await mkdir(join(path, "folder"));
  await mkdir(join(base, "outside"));
  await writeFile(join(path, secret.path), secret.content);
  await symlink(join(path, secret.path), join(path, "link.yaml"));
  execFileSync("mkfifo", [join(path, "fifo.yaml")]);
  return { path, file: join(path, "asyncapi.yaml"), remove: () => rm(base, { recursive: true, force: true }) };
}
