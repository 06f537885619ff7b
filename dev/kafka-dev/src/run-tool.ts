import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { brokerJars } from "./broker-jars.ts";
import { defaultFolder } from "./start-kafka.ts";

const run = promisify(execFile);

/** The command that runs one of Kafka's own tools by its main class. */
export async function toolCommand(mainClass: string, args: readonly string[]): Promise<readonly string[]> {
  const classPath = await brokerJars(defaultFolder, () => undefined);
  return ["java", "-cp", classPath, mainClass, ...args];
}

/** Runs one of Kafka's own tools by its main class, on an input: another client than ours. Resolves to what it prints. */
export async function runTool(mainClass: string, args: readonly string[], input = ""): Promise<string> {
  const [command = "", ...words] = await toolCommand(mainClass, args);
  const running = run(command, words, { maxBuffer: 2 ** 28 });
  running.child.stdin?.end(input);
  const { stdout } = await running;
  return stdout;
}
