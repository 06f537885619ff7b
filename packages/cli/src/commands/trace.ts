import { contractTopics } from "@keyline/proof";
import { isKeylineError, type Topics } from "@keyline/runtime";
import { canonicalKey, type DomainDescriptor } from "@keyline/runtime/tools";
import { connectCluster, disconnect } from "../cluster/connect.js";
import { databaseUrlOf, databaseUrlProblem } from "../cluster/database-url.js";
import { contractOf } from "../cluster/load-contract.js";
import { spanProblem } from "../cluster/moment.js";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { nearest } from "../report/nearest.js";
import { openParked } from "../trace/parked.js";
import { runTrace, type TraceRequest } from "../trace/run.js";

/** How `keyline trace` was called. */
export interface TraceOptions
  extends Pick<
    TraceRequest,
    "sinceMs" | "untilMs" | "everywhere" | "follow" | "showPayload" | "json" | "limit" | "waitMs" | "gapMs"
  > {
  readonly key: string;
  readonly contract: string;
  /** How commands that are printed name the contract: empty where they find it by themselves. */
  readonly contractArgument: string;
  /** Which of the contract's ordering domains; needed where it has several. */
  readonly domain: string | undefined;
  /** Addresses or names of the topics to read; all of the domain's where none is named. */
  readonly topics: readonly string[];
  /** `host:port,...`; else the environment says. */
  readonly brokers: string | undefined;
  /** Else `DATABASE_URL` says; without one nothing is said of parked events. */
  readonly databaseUrl: string | undefined;
}

/** Shows one key's events over all topics of its domain as one line of history. */
export async function trace(options: TraceOptions, io: Io): Promise<number> {
  const problem = spanProblem(options, Date.now()) ?? databaseUrlProblem(options.databaseUrl, io);
  if (problem !== null) {
    io.log(`error: ${problem}\n`);
    return exitCodes.usage;
  }
  const contract = await contractOf(options.contract, io);
  if (contract === null) return exitCodes.couldNotRun;
  const chosen = choose(contractTopics(contract), options);
  if (typeof chosen === "string") {
    io.log(`error: ${chosen}\n`);
    return exitCodes.usage;
  }
  const letGo = io.holdExit?.();
  try {
    const connection = await connectCluster(options.brokers, io);
    if (connection === null) return exitCodes.usage;
    const url = databaseUrlOf(options.databaseUrl, io);
    const parked = url === undefined ? null : await openParked(url, chosen.domain.name, chosen.key);
    try {
      return await runTrace(
        { ...options, ...chosen, transport: connection.transport, readParked: parked?.read ?? null },
        io,
      );
    } finally {
      await Promise.all([disconnect(connection), parked?.close()]);
    }
  } finally {
    letGo?.();
  }
}

type Chosen = Pick<TraceRequest, "topics" | "domain" | "key" | "askedKey">;

/** The domain, its topics and the key as they are asked for; else what is wrong with the question. */
export function choose(all: Topics, { key, domain: wanted, topics: named }: TraceOptions): Chosen | string {
  const domains = new Map(Object.values(all).flatMap(({ domain }) => (domain ? [[domain.name, domain] as const] : [])));
  const names = [...domains.keys()];
  if (names.length === 0) return "the contract has no ordering domain: none of its topics is keyed";
  if (wanted === undefined && names.length > 1)
    return `the contract has the domains ${names.join(", ")}: pass --domain`;
  const domain = domains.get(wanted ?? names[0] ?? "");
  if (!domain) return `the contract has no domain ${wanted}${guess(wanted ?? "", names)}`;
  const own = Object.entries(all).filter(([, topic]) => topic.domain?.name === domain.name);
  const known = own.flatMap(([name, { address }]) => [address, name]);
  const unknown = named.find((topic) => !known.includes(topic));
  if (unknown !== undefined) return `the domain ${domain.name} has no topic ${unknown}${guess(unknown, known)}`;
  const some = own.filter(
    ([name, { address }]) => named.length === 0 || named.includes(name) || named.includes(address),
  );
  const canonical = keyOf(key, domain);
  return canonical === null
    ? `${JSON.stringify(key)} is no key of ${domain.name}: it is ${domain.keyType === "integer" ? "a whole number, as its digits" : "a text that is not empty"}`
    : { topics: Object.fromEntries(some), domain, key: canonical, askedKey: key };
}

function guess(text: string, names: readonly string[]): string {
  const name = nearest(text, names);
  return name === null ? `: it has ${names.join(", ")}` : ` (did you mean ${name}?)`;
}

function keyOf(text: string, { keyType }: DomainDescriptor): string | null {
  try {
    if (keyType === "integer" && !/^\d+$/.test(text)) return null;
    return canonicalKey(keyType === "integer" ? Number(text) : text, keyType);
  } catch (caught) {
    if (isKeylineError(caught)) return null;
    throw caught;
  }
}
