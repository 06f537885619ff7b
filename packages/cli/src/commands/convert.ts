import { basename, dirname, resolve } from "node:path";
import { openPlainFiles } from "@keyline/codegen";
import type { Position } from "@keyline/contract";
import { command } from "../command/command.js";
import { CommandError } from "../command/outcome.js";
import { textOption } from "../command/parameters.js";
import { counted } from "../report/counted.js";
import { diagnosticsText, isUnreadable, summarize } from "../report/diagnostics.js";
import { printable } from "../report/frame.js";

const placeText = ({ file, line, column }: Position) => `${printable(file)}:${line}:${column}`;

/** Writes a contract of AsyncAPI 2 as AsyncAPI 3. */
export const convert = command({
  name: "convert",
  summary: "write an AsyncAPI 2 contract as AsyncAPI 3",
  needs: { contract: "argument" },
  parameters: { out: textOption("--out <file>", "the file to write (default: print it)") },
  details:
    "Comments are lost. Parts that AsyncAPI 3 writes differently are copied from other files into the one document. Schemas stay in their files; $refs to them are relative to the written document.",
  examples: [
    "keyline convert asyncapi.yaml --out asyncapi-3.yaml",
    "keyline convert asyncapi.yaml --perspective client",
  ],
  exits: { clean: "converted", problems: "the contract has errors" },
  async run({ out }, { file, readFile, loadOptions, logConversion, io }) {
    const name = out ?? file;
    const { convertContract } = await import("@keyline/contract/source");
    const { text, conversion, diagnostics, leftOut, refused } = await convertContract(file, {
      ...loadOptions,
      out: name,
    });
    logConversion(conversion);
    const { errors } = summarize(diagnostics);
    if (errors > 0) io.log(`${await diagnosticsText(diagnostics, readFile, io)}\nnothing was converted\n`);
    if (isUnreadable(file, diagnostics)) return { exit: "couldNotRun" };
    if (errors > 0) return { exit: "problems" };
    if (text === null) throw new CommandError("usage", `${file} is AsyncAPI 3 already`);
    for (const { position, name, reason } of leftOut)
      io.log(`${placeText(position)} left out, as AsyncAPI 3 refuses it: ${printable(name)}: ${printable(reason)}\n`);
    io.log("comments were not copied\n");
    if (refused.length > 0) {
      const found = await diagnosticsText(refused, async (path) => (path === name ? text : readFile(path)), io);
      io.log(`the result has ${counted(refused.length, "error")}, for which keyline check refuses it:\n\n${found}\n`);
    }
    if (out === undefined) return { exit: "clean", text };
    const path = resolve(io.cwd, out);
    openPlainFiles(dirname(path)).write(basename(path), text);
    return { exit: "clean", text: `${out}: ${file} as AsyncAPI 3\nNext: keyline check ${out}\n` };
  },
});
