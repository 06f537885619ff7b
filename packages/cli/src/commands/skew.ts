import type { Contract } from "@keyline/contract";
import { contractTopics, measureSkew } from "@keyline/proof";
import type { Topics } from "@keyline/runtime";
import type { DomainDescriptor } from "@keyline/runtime/tools";
import { connectCluster, disconnect } from "../cluster/connect.js";
import { contractOf } from "../cluster/load-contract.js";
import { spanProblem } from "../cluster/moment.js";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { nearest } from "../report/nearest.js";
import { createProgressLine } from "../report/progress.js";
import { nowhereText, skewExitCode, skewJson, skewText } from "../skew/report.js";

/** How `keyline skew` was called. */
export interface SkewCommandOptions {
  readonly file: string;
  /** How commands that are printed name the file: empty where they find it by themselves. */
  readonly contractArgument: string;
  /** `host:port,...`; else the environment says. */
  readonly brokers: string | undefined;
  readonly domain: string | undefined;
  /** Addresses; else all of the domain. */
  readonly topics: readonly string[] | undefined;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly top: number;
  readonly counts: readonly number[] | undefined;
  /** How many times the mean the busiest lane may have. */
  readonly limit: number;
  readonly json: boolean;
}

/** Counts where a domain's load lies. */
export async function skew(options: SkewCommandOptions, io: Io): Promise<number> {
  const misuse = spanProblem(options, Date.now());
  if (misuse !== null) {
    io.log(`error: ${misuse}\n`);
    return exitCodes.usage;
  }
  const contract = await contractOf(options.file, io);
  if (contract === null) return exitCodes.couldNotRun;
  const topics = contractTopics(contract);
  const domain = domainOf(options, contract, topics);
  if (typeof domain === "string") {
    io.log(`error: ${domain}\n`);
    return exitCodes.usage;
  }
  const connection = await connectCluster(options.brokers, io);
  if (connection === null) return exitCodes.usage;
  const letGo = io.holdExit?.();
  const progress = createProgressLine(io);
  try {
    const { topics: only, sinceMs, untilMs, top, counts, limit, file } = options;
    const report = await measureSkew(connection.transport, {
      ...{ topics, domain, only, sinceMs, untilMs, top, counts, signal: io.signal, progress: progress.update },
    });
    progress.end();
    const called = { file, brokers: connection.name, limit };
    const isNowhere = (only ?? domain.topics).every((topic) => report.missing.includes(topic));
    if (options.json) io.out(`${JSON.stringify(skewJson(report, called), null, 2)}\n`);
    else
      io.out(
        isNowhere ? nowhereText(report, called, options.contractArgument) : skewText(report, called, io.outColumns),
      );
    return skewExitCode(report, limit);
  } finally {
    await disconnect(connection);
    letGo?.();
  }
}

/** The domain that is meant, or why there is none. */
function domainOf({ domain, topics: named = [] }: SkewCommandOptions, { domains }: Contract, topics: Topics) {
  const names = domains.map(({ name }) => name);
  const wanted = domain ?? (names.length === 1 ? names[0] : undefined);
  if (names.length === 0) return "the contract has no ordering domain: without keys there is no skew";
  if (wanted === undefined) return `say which --domain: ${names.join(", ")}`;
  const found = Object.values(topics).find((topic) => topic.domain?.name === wanted)?.domain;
  if (!found) return `the contract has no domain ${JSON.stringify(wanted)}${hintOf(wanted, names)}`;
  const stranger = named.find((topic) => !found.topics.includes(topic));
  if (stranger === undefined) return found satisfies DomainDescriptor;
  return `the domain ${wanted} has no topic ${JSON.stringify(stranger)}${hintOf(stranger, found.topics)}`;
}

function hintOf(text: string, names: readonly string[]): string {
  const guess = nearest(text, names);
  return guess === null ? `: it has ${names.join(", ")}` : `\nDid you mean ${guess}?`;
}
