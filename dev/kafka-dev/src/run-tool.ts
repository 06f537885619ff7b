import { brokerJars } from "./broker-jars.ts";
import { javaCommand, type Program, runJava } from "./java.ts";
import { defaultFolder } from "./start-kafka.ts";

async function programOf(mainClass: string, args: readonly string[]): Promise<Program> {
  return { classPath: await brokerJars(defaultFolder, () => undefined), mainClass, args };
}

/** The command that runs one of Kafka's own tools by its main class. */
export const toolCommand = async (mainClass: string, args: readonly string[]): Promise<readonly string[]> =>
  javaCommand(await programOf(mainClass, args));

/** Runs one of Kafka's own tools by its main class, on an input: another client than ours. Resolves to what it prints. */
export const runTool = async (mainClass: string, args: readonly string[], input = ""): Promise<string> =>
  runJava(await programOf(mainClass, args), input);
