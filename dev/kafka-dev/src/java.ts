import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type ClassArchive, classArchive } from "./class-archive.ts";

const run = promisify(execFile);

/** The options of a JVM that runs for seconds: the second compiler and a collector with threads of its own never pay off. */
export const shortRun: readonly string[] = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** What is run: a main class on a class path. */
export interface Program {
  readonly classPath: string;
  readonly mainClass: string;
  readonly args: readonly string[];
}

const commandOf = ({ classPath, mainClass, args }: Program, { options }: Pick<ClassArchive, "options">) => [
  ...["java", ...options, ...shortRun, "-cp", classPath, mainClass],
  ...args,
];

/** The command that runs a program. Its end is not known here: it reads an archive of its classes, and writes none. */
export function javaCommand(program: Program): readonly string[] {
  const archive = classArchive(program.classPath, program.mainClass);
  return commandOf(program, archive.isWritten ? { options: [] } : archive);
}

/** Runs a program on an input. Resolves to what it prints. */
export async function runJava(program: Program, input = ""): Promise<string> {
  const archive = classArchive(program.classPath, program.mainClass);
  const [command = "", ...words] = commandOf(program, archive);
  const running = run(command, words, { maxBuffer: 2 ** 28 });
  running.child.stdin?.end(input);
  const ended = await running.then(
    ({ stdout }) => ({ stdout }),
    (error: unknown) => ({ error }),
  );
  await archive.settle("stdout" in ended);
  if ("error" in ended) throw ended.error;
  return ended.stdout;
}
