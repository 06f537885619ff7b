import { type ChaosOptions, chaosHelp, readChaosOptions } from "./options.js";
import { type OutboxOptions, outboxHelp, readOutboxOptions } from "./outbox/options.js";
import { outboxHeld, outboxText } from "./outbox/report.js";
import { runOutbox } from "./outbox/run-outbox.js";
import { type Program, runProgram } from "./program.js";
import { held, textOf, unseen } from "./report.js";
import { runChaos } from "./run.js";

const ofClass: Program<ChaosOptions> = {
  help: chaosHelp,
  read: readChaosOptions,
  async run(options, say) {
    const report = await runChaos(options, say);
    return { report, text: textOf(report), exitCode: held(report) && unseen(report).length === 0 ? 0 : 3 };
  },
};

const ofOutbox: Program<OutboxOptions> = {
  help: outboxHelp,
  read: readOutboxOptions,
  async run(options, say) {
    const report = await runOutbox(options, say);
    return { report, text: outboxText(report), exitCode: outboxHeld(report) ? 0 : 3 };
  },
};

/** `npm run chaos`, and with `--outbox` that of the outbox. Resolves to the exit code. */
export function main(args: readonly string[]): Promise<number> {
  const others = args.filter((arg) => arg !== "--outbox");
  return others.length === args.length ? runProgram(ofClass, args) : runProgram(ofOutbox, others);
}
