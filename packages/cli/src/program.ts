import { Command as Grammar } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addCommand } from "./command/add-command.js";
import type { Command } from "./command/command.js";
import { exitsText, helpWidth } from "./command/help.js";
import { audit } from "./commands/audit.js";
import { check } from "./commands/check.js";
import { convert } from "./commands/convert.js";
import { deadLettersDiscard, deadLettersList, deadLettersReplay, deadLettersShow } from "./commands/dead-letters.js";
import { diff } from "./commands/diff.js";
import { docs } from "./commands/docs.js";
import { doctor } from "./commands/doctor.js";
import { explain } from "./commands/explain.js";
import { generate } from "./commands/generate.js";
import { init } from "./commands/init.js";
import { outboxSql, outboxStatus } from "./commands/outbox.js";
import { parkedList, parkedReplay, parkedSkip } from "./commands/parked.js";
import { projectionReset, projectionStatus } from "./commands/projection.js";
import { relay } from "./commands/relay.js";
import { skew } from "./commands/skew.js";
import { topicsApply, topicsPlan } from "./commands/topics.js";
import { trace } from "./commands/trace.js";
import type { Project } from "./config.js";
import type { Io } from "./io.js";

const commands: readonly Command[] = [
  ...[init, check, generate, convert, diff, docs, topicsPlan, topicsApply, parkedList, parkedReplay, parkedSkip],
  ...[deadLettersList, deadLettersShow, deadLettersReplay, deadLettersDiscard],
  ...[outboxSql, outboxStatus, relay],
  ...[projectionStatus, projectionReset, trace, doctor, audit, skew, explain],
];

const examples = `
Examples:
  keyline init my-events
  keyline check
  keyline generate --scope @my-events
  keyline explain key-required
`;

/** The grammar of the command line. `done` is called with the exit code of the command that ran. */
export function createProgram(io: Io, project: Project, done: (code: number) => void): Grammar {
  const program = new Grammar("keyline")
    .description("Typed event contracts for Kafka that keep a key's events in order.")
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.log,
      getOutHelpWidth: () => helpWidth(io),
      getOutHasColors: () => io.hasColor,
      getErrHasColors: () => io.hasColor,
    })
    .addHelpText("after", `${examples}\n${exitsText(helpWidth(io))}\n`);
  for (const command of commands) addCommand(program, command, { io, project, done });
  return program;
}
