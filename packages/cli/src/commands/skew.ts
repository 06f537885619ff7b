import type { Contract } from "@keyline/contract";
import { contractTopics, measureSkew } from "@keyline/proof";
import type { Topics } from "@keyline/runtime";
import type { DomainDescriptor } from "@keyline/runtime/tools";
import { checkSpan } from "../cluster/moment.js";
import { command } from "../command/command.js";
import { CommandError } from "../command/outcome.js";
import { invalid, option, optionWithDefault, textOption } from "../command/parameters.js";
import { range } from "../command/range.js";
import { count, counts } from "../command/values.js";
import { contractArgument } from "../report/command.js";
import { nearest } from "../report/nearest.js";
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
  summary: "show the load of each key and lane, and what other partition counts would give",
  needs: { contract: "argument", cluster: true },
  parameters: {
    ...range,
    domain: textOption("--domain <name>", "the ordering domain (default: the only one)"),
    top: optionWithDefault("--top <n>", "number of hot keys to show", count, "10"),
    partitions: option("--partitions <list>", "partition counts to try, e.g. 12,24,48", counts),
    limit: optionWithDefault("--limit <ratio>", "the busiest lane's limit, as a multiple of the mean", limit, "2"),
  },
  json: "the report as JSON",
  details: "Reads only, and joins no consumer group. Prints keys, never payloads.",
  exits: {
    clean: "no lane is above the limit",
    couldNotRun: "could not run, or could not read everything",
    problems: "a lane is above the limit",
    interrupted: "interrupted, after a report of what was counted until then",
  },
  endsItself: true,
  async run(input, { file, contract: load, cluster, io, project }) {
    checkSpan(input);
    const contract = await load();
    const topics = contractTopics(contract);
    const domain = domainOf(input, contract, topics);
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

interface Asked {
  readonly domain: string | undefined;
  readonly topics: readonly string[];
}

/** The domain that is asked for. Throws where there is none, or it lacks one of the topics. */
function domainOf({ domain, topics: named }: Asked, { domains }: Contract, topics: Topics): DomainDescriptor {
  const refuse = (reason: string): never => {
    throw new CommandError("usage", reason);
  };
  const names = domains.map(({ name }) => name);
  const wanted = domain ?? (names.length === 1 ? names[0] : undefined);
  if (names.length === 0) return refuse("the contract has no ordering domain: without keys there is no skew");
  if (wanted === undefined) return refuse(`pass --domain, one of ${names.join(", ")}`);
  const found = Object.values(topics).find((topic) => topic.domain?.name === wanted)?.domain;
  if (!found) return refuse(`the contract has no domain ${JSON.stringify(wanted)}${hintOf(wanted, names)}`);
  const unknown = named.find((topic) => !found.topics.includes(topic));
  if (unknown === undefined) return found;
  return refuse(`the domain ${wanted} has no topic ${JSON.stringify(unknown)}${hintOf(unknown, found.topics)}`);
}

function hintOf(text: string, names: readonly string[]): string {
  const guess = nearest(text, names);
  return guess === null ? `: it has ${names.join(", ")}` : `\nDid you mean ${guess}?`;
}
