import { readFile, writeFile } from "node:fs/promises";
import { expect } from "vitest";

/** What differs from run to run, and says nothing. */
const stable = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<uuid>")
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?/g, "<time>")
    .replaceAll(/\d{4}-\d\d-\d\d/g, "<day>")
    .replaceAll(/\d\d:\d\d:\d\d(\.\d+)?/g, "<time>")
    .replaceAll(/\b[\d.]+ (ms|s|min)\b( [\d.]+ s\b)?/g, "<duration>")
    .replaceAll(/\brow \d+/g, "row <number>")
    // Which record of many is read last depends on the machine.
    .replaceAll(/\/\d+@\d+ belongs on partition \d+/g, "/<position>")
    .replaceAll(/\([\d,]+\/s\)/g, "<rate>");

async function replaceBlocks(text: string, pattern: RegExp, replace: (body: string) => Promise<string>) {
  let made = "";
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    made += text.slice(end, found.index) + (await replace(found[0]));
    end = found.index + found[0].length;
  }
  return made + text.slice(end);
}

/**
 * Runs the commands of a guide's `console` blocks, in order, and holds what they print against what the guide says they
 * do. With `UPDATE_GUIDES=1` the guide is rewritten instead. A `diff` block is handed to `change` when it is reached.
 */
export async function playGuide(
  file: string,
  { run, change }: { run(command: string): Promise<string>; change?(diff: string): Promise<void> },
): Promise<void> {
  const text = await readFile(file, "utf8");
  const played = await replaceBlocks(text, /^```(console|diff)\n[\s\S]*?^```$/gm, async (block) => {
    const lines = block.split("\n").slice(1, -1);
    if (block.startsWith("```diff")) {
      await change?.(lines.join("\n"));
      return block;
    }
    const commands = lines.filter((line) => line.startsWith("$ "));
    let output = "";
    for (const command of commands) {
      const printed = (await run(command.slice(2))).trimEnd();
      output += printed === "" ? `${command}\n` : `${command}\n${printed}\n`;
    }
    return `\`\`\`console\n${output}\`\`\``;
  });
  await keep(file, text, played);
}

/** Holds the one block of `text` on a page, which comes from elsewhere than a command, against what a run has printed. */
export async function playText(file: string, printed: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const blocks = text.match(/^```text\n/gm) ?? [];
  expect(blocks).toHaveLength(1);
  await keep(
    file,
    text,
    text.replace(/^```text\n[\s\S]*?^```$/m, () => `\`\`\`text\n${printed.trimEnd()}\n\`\`\``),
  );
}

async function keep(file: string, text: string, played: string): Promise<void> {
  if (process.env.UPDATE_GUIDES === "1") await writeFile(file, played);
  else expect(stable(text)).toBe(stable(played));
}
