import { contractTopics } from "@keyline/proof";
import { isKeylineError, type Topics } from "@keyline/runtime";
import { canonicalKey, type DomainDescriptor } from "@keyline/runtime/tools";
import { checkSpan } from "../cluster/moment.js";
import { command } from "../command/command.js";
import { checkKnown, domainOf, opaqueTopics, refuseOpaque } from "../command/known.js";
import { CommandError } from "../command/outcome.js";
import { argument, flag, optionWithDefault, textOption } from "../command/parameters.js";
import { range } from "../command/shared.js";
import { count, duration } from "../command/values.js";
import { contractArgument } from "../report/command.js";
import { openParked } from "../trace/parked.js";
import type { TraceRequest } from "../trace/request.js";
import { runTrace } from "../trace/run.js";

/** Shows one key's events over all topics of its domain as one line of history. */
export const trace = command({
  name: "trace",
  summary: "show one key's events over all topics as one line of history",
  needs: { contract: "option", cluster: true, store: "option" },
  parameters: {
    key: argument("<key>", "the key, e.g. a student's id"),
    ...range,
    domain: textOption("--domain <name>", "the ordering domain, where the contract has several"),
    follow: flag("-f, --follow", "continue with new events, until Ctrl-C"),
    everywhere: flag("--everywhere", "read every partition, and show misplaced events"),
    showPayload: flag("--show-payload", "show payloads too"),
    limit: optionWithDefault(
      "--limit <n>",
      "show the newest n events, keeping n of each partition, about 1 KB each",
      count,
      "10000",
    ),
    wait: optionWithDefault("--wait <duration>", "mark an event later than this after its cause", duration, "30s"),
    gap: optionWithDefault("--gap <duration>", "mark a silence longer than this", duration, "10m"),
  },
  json: "the history as JSON",
  details:
    "Reads the key's partition of each topic of its domain and of each dead-letter topic, and joins events by cause: by the header keyline-after, else by the correlation id. Shows ids only. Changes nothing. Times are a duration ago (30m, 1h, 2d) or ISO 8601, UTC where no zone is given. Parked events are shown where the apps' store is known.",
  examples: [
    "keyline trace 42",
    "keyline trace 42 --since 1h --topic code.executed --topic struggle.detected",
    "keyline trace 42 --everywhere --json",
  ],
  exits: {
    clean: "no problem",
    couldNotRun: "could not run, or could not read all of it",
    problems:
      "an event is dead-lettered, parked, misplaced, not of the contract, there twice, or names a cause that is missing or impossible",
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
    const { since = null, until = null, wait, gap, everywhere, follow, showPayload, limit } = input;
    const request: TraceRequest = {
      ...{ ...chosen, transport, readParked: parked?.read ?? null, everywhere, follow, showPayload, limit },
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
