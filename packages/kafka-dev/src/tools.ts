import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What Kafka can be run with on this machine. */
export type Engine = "jvm" | "docker";

const javaNeeded = 17;

/** Whether a JDK or JRE of 17 or later answers. */
export async function hasJava(): Promise<boolean> {
  // Prints to stderr: openjdk version "17.0.15" 2025-04-15
  const found = await output("java", ["-version"]);
  const major = Number(/version "(\d+)/.exec(found ?? "")?.[1] ?? 0);
  return major >= javaNeeded;
}

/** Whether Maven answers. */
export const hasMaven = async (): Promise<boolean> => (await output("mvn", ["-v"])) !== null;

/** Whether a Docker daemon answers, not only its client. */
export const hasDocker = async (): Promise<boolean> =>
  (await output("docker", ["info", "--format", "{{.ServerVersion}}"])) !== null;

/** What a command prints on both streams; null when it fails or is not there. */
async function output(command: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout, stderr } = await run(command, args, { timeout: 20_000 });
    return `${stdout}${stderr}`;
  } catch {
    return null;
  }
}

/** What to install, in one sentence. */
export const nothingToRunKafka =
  "Kafka needs a JDK 17 or later and Maven (Debian: apt-get install openjdk-17-jre-headless maven), or a running Docker; the demo needs none of them: npm run demo";
