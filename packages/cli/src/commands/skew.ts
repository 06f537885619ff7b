import { contractTopics, measureSkew } from "@keyline/proof";
import { checkSpan } from "../cluster/moment.js";
import { command } from "../command/command.js";
import { checkKnown, domainOf, refuseOpaque } from "../command/known.js";
import { invalid, option, optionWithDefault, textOption } from "../command/parameters.js";
import { range } from "../command/shared.js";
import { count, counts } from "../command/values.js";
import { contractArgument } from "../report/command.js";
import { createProgressLine } from "../report/progress.js";
import { nowhereText, skewExit, skewJson, skewText } from "../skew/report.js";

function limit(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= 1) return value;
  return invalid("Not a limit: pass a multiple of the mean for the busiest lane, e.g. 1.5.");
}

/** Counts where a domain's load lies. */
export const skew = command({
  name: "skew",
  summary: "show the load of keys and lanes, and what other partition counts would change",
  needs: { contract: "argument", cluster: true },
  parameters: {
    ...range,
    domain: textOption("--domain <name>", "the ordering domain (default: the only one)"),
    top: optionWithDefault("--top <n>", "number of hot keys to show", count, "10"),
    partitions: option("--partitions <list>", "partition counts to try, e.g. 12,24,48", counts),
    limit: optionWithDefault("--limit <ratio>", "the busiest lane's limit, as a multiple of the mean", limit, "2"),
  },
  json: "the report as JSON",
  details: "Only reads, and joins no consumer group. Prints keys, never payloads.",
  exits: {
    clean: "no lane is above the limit",
    couldNotRun: "could not run, or could not read everything",
    problems: "a lane is above the limit",
    interrupted: "interrupted, after a report of what was counted",
  },
  async run(input, { file, contract, cluster, io, project, endsItself }) {
    checkSpan(input);
    const loaded = await contract();
    const topics = contractTopics(loaded);
    endsItself();
    const domain = domainOf(topics, input.domain);
    refuseOpaque(input.topics, loaded);
    for (const topic of input.topics) checkKnown(`the domain ${domain.name} has no topic`, topic, domain.topics);
    const connection = await cluster();
    if (io.signal.aborted) return { exit: "interrupted" };
    const progress = createProgressLine(io);
    const { since: sinceMs, until: untilMs, top, partitions, limit } = input;
    const only = input.topics.length === 0 ? undefined : input.topics;
    const report = await measureSkew(connection.transport, {
      ...{ topics, domain, only, sinceMs, untilMs, top, counts: partitions },
      ...{ signal: io.signal, progress: progress.update },
    });
    progress.end();
    const called = { file, brokers: connection.name, limit };
    const isNowhere = (only ?? domain.topics).every((topic) => report.missing.includes(topic));
    return {
      exit: skewExit(report, limit),
      text: isNowhere
        ? nowhereText(report, called, contractArgument(file, project.contract))
        : skewText(report, called, io.outColumns),
      json: skewJson(report, called),
    };
  },
});
