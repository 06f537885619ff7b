import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const pom = join(import.meta.dirname, "../pom.xml");

/** The broker's version, as the pom names it. */
export const kafkaVersion = /<kafka\.version>(.*?)<\/kafka\.version>/.exec(readFileSync(pom, "utf8"))?.[1] ?? "";

/** Fetches the broker's jars with Maven where they are not there yet. Resolves to their class path. */
export async function brokerJars(folder: string, say: (line: string) => void): Promise<string> {
  const lib = join(folder, `lib-${kafkaVersion}`);
  if (!existsSync(lib)) {
    say(`Fetching Apache Kafka ${kafkaVersion} with Maven`);
    await mkdir(folder, { recursive: true });
    // Under another name first: a fetch that breaks off, or two at once, leave no half of a folder.
    const fetching = `${lib}.${process.pid}`;
    try {
      await run("mvn", ["-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${fetching}`], {
        maxBuffer: 2 ** 26,
      });
      await rename(fetching, lib).catch((error: unknown) => {
        if (!existsSync(lib)) throw error;
      });
    } catch (caught) {
      const { stdout = "", message } = caught as Error & { stdout?: string };
      throw new Error(`Maven could not fetch Kafka: ${lastLines(stdout || message)}`, { cause: caught });
    } finally {
      await rm(fetching, { recursive: true, force: true });
    }
  }
  return join(lib, "*");
}

const lastLines = (text: string) => text.trim().split("\n").slice(-5).join("\n");
