import { spawn } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import type { Program } from "./program.ts";

const version = "153.0.0";
const folder = join(import.meta.dirname, "../../../.keyline/browser", version);

/** Its own fonts alone, so that a page looks the same on a machine that has none; the file that it comes with names none here. */
const fontsFile = "fonts.conf";
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir></fontconfig>
`;

/**
 * Chromium's headless shell from npm, with the libraries and fonts that come with it. Resolves to null where it was not built for
 * this machine. The package itself unpacks into the temporary folder, where another user's copy cannot be run.
 */
export async function npmBrowser(): Promise<Program | null> {
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  if (!existsSync(folder)) await unpackAll();
  return {
    executablePath: join(folder, "chromium"),
    env: { LD_LIBRARY_PATH: join(folder, "lib"), FONTCONFIG_FILE: join(folder, fontsFile) },
  };
}

/** Under another name first, so that an interrupted unpacking, or two at once, cannot leave a partial folder. */
async function unpackAll(): Promise<void> {
  const unpacking = `${folder}.${process.pid}`;
  try {
    await mkdir(unpacking, { recursive: true });
    await unpackProgram(unpacking);
    for (const archive of ["al2023", "fonts", "swiftshader"]) await unpackArchive(archive, unpacking);
    await writeFile(join(unpacking, fontsFile), fonts);
    await rename(unpacking, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(unpacking, { recursive: true, force: true });
  }
}

const unpacked = (name: string) => {
  const packed = join(createRequire(import.meta.url).resolve("@sparticuz/chromium"), "../../bin");
  return [createReadStream(join(packed, name)), createBrotliDecompress()] as const;
};

async function unpackProgram(target: string): Promise<void> {
  const file = await open(join(target, "chromium"), "w", 0o755);
  await pipeline(...unpacked("chromium.br"), file.createWriteStream());
}

async function unpackArchive(name: string, target: string): Promise<void> {
  const tar = spawn("tar", ["-x", "-C", target], { stdio: ["pipe", "ignore", "inherit"] });
  const ended = new Promise<number | null>((resolve, reject) => tar.once("error", reject).once("close", resolve));
  // tar may end before the padding behind the last file has reached it; what it lacked shows in how it ended.
  const written = pipeline(...unpacked(`${name}.tar.br`), tar.stdin).catch(() => undefined);
  const [code] = await Promise.all([ended, written]);
  if (code !== 0) throw new Error(`tar ended with ${code} at ${name}.tar.br`);
}
