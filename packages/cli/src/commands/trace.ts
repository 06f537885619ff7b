import { contractTopics } from "@keyline/proof";
import { isKeylineError, type Topics } from "@keyline/runtime";
import { canonicalKey, type DomainDescriptor } from "@keyline/runtime/tools";
import { checkSpan } from "../cluster/moment.js";
import { command } from "../command/command.js";
import { checkKnown, domainOf, opaqueTopics, refuseOpaque } from "../command/known.js";
import { CommandError } from "../command/outcome.js";
import { argument, flag, option, optionWithDefault, textOption } from "../command/parameters.js";
import { range } from "../command/shared.js";
import { count, duration } from "../command/values.js";
import { contractArgument } from "../report/command.js";
import { openParked } from "../trace/parked.js";
import type { TraceRequest } from "../trace/request.js";
import { runTrace } from "../trace/run.js";

/** Events that are kept of each partition, about 1 KB each; and those that are shown: they fit a screen. */
const keptEvents = 10_000;
const shownEvents = 40;

/** Shows one key's events over all topics of its domain as one history. */
export const trace = command({
  name: "trace",
  summary: "show one key's events over all topics, joined by cause",
  needs: { contract: "option", cluster: true, store: "option" },
  parameters: {
    key: argument("<key>", "the key, e.g. a student's id"),
    ...range,
    domain: textOption("--domain <name>", "the ordering domain, where the contract has several"),
    follow: flag("-f, --follow", "continue with new events, until Ctrl-C"),
    everywhere: flag("--everywhere", "read every partition, and show misplaced events"),
    showPayload: flag("--show-payload", "show payloads too"),
    limit: option("--limit <n>", "read and show the newest n events (default: read 10,000, show 40)", count),
    all: flag("--all", "show every event that was read"),
    wait: optionWithDefault(
      "--wait <duration>",
      "mark an event that came later than this after its cause",
      duration,
      "30s",
    ),
    gap: optionWithDefault("--gap <duration>", "mark a longer time without events", duration, "10m"),
  },
  json: "the history as JSON",
  details:
    "Reads the key's partition of each topic of its domain and of each dead-letter topic, and joins events by cause: by the header keyline-after, else by the correlation id. Shows ids, never payloads, unless --show-payload is given. Shows parked events too if it finds the apps' store. Only reads. Times are a duration ago (30m, 1h, 2d) or ISO 8601, in UTC unless a zone is given.",
  examples: [
    "keyline trace 42",
    "keyline trace 42 --since 1h --topic code.executed --topic struggle.detected",
    "keyline trace 42 --everywhere --json",
  ],
  exits: {
    clean: "no problem",
    couldNotRun: "could not run, or could not read all of it",
    problems:
      "an event is dead-lettered, parked, misplaced, duplicated, not of the contract, or names a cause that is missing or impossible",
    interrupted: "interrupted, with what was found until then",
  },
  async run(input, { file, contract, cluster, databaseUrl, io, say, project, endsItself }) {
    checkSpan(input);
    const loaded = await contract();
    refuseOpaque(input.topics, loaded);
    const chosen = choose(contractTopics(loaded), input);
    endsItself();
    const { transport } = await cluster();
    const parked = databaseUrl === null ? null : await openParked(databaseUrl, chosen.domain.name, chosen.key);
    const { since = null, until = null, wait, gap, everywhere, follow, showPayload } = input;
    const limit = input.limit ?? keptEvents;
    const printed = input.all ? limit : (input.limit ?? shownEvents);
    const request: TraceRequest = {
      ...{ ...chosen, transport, readParked: parked?.read ?? null, everywhere, follow, showPayload, limit, printed },
      ...{ sinceMs: since, untilMs: until, waitMs: wait, gapMs: gap },
      contractArgument: contractArgument(file, project.contract),
      notTraced: input.topics.length === 0 ? opaqueTopics(loaded) : [],
    };
    try {
      return await runTrace(request, { io, say });
    } finally {
      await parked?.close();
    }
  },
});

type Chosen = Pick<TraceRequest, "topics" | "domain" | "key" | "askedKey">;

interface Asked {
  readonly key: string;
  readonly domain: string | undefined;
  /** Addresses or names of the topics to read; all of the domain's where none is named. */
  readonly topics: readonly string[];
}

/** The domain, its topics and the key that are asked for. Throws where the contract does not have them. */
export function choose(all: Topics, { key, domain: wanted, topics: named }: Asked): Chosen {
  const domain = domainOf(all, wanted);
  const own = Object.entries(all).filter(([, topic]) => topic.domain?.name === domain.name);
  const known = own.flatMap(([name, { address }]) => [address, name]);
  for (const topic of named) checkKnown(`the domain ${domain.name} has no topic`, topic, known);
  const some = own.filter(
    ([name, { address }]) => named.length === 0 || named.includes(name) || named.includes(address),
  );
  return { topics: Object.fromEntries(some), domain, key: keyOf(key, domain), askedKey: key };
}

function keyOf(text: string, { name, keyType }: DomainDescriptor): string {
  try {
    if (keyType !== "integer") return canonicalKey(text, keyType);
    if (/^\d+$/.test(text)) return canonicalKey(Number(text), keyType);
  } catch (caught) {
    if (!isKeylineError(caught)) throw caught;
  }
  const kind = keyType === "integer" ? "whole numbers, in digits" : "texts that are not empty";
  throw new CommandError("usage", `${JSON.stringify(text)} is not a valid key of ${name}: its keys are ${kind}`);
}
