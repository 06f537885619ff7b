import type { Contract } from "@keyline/contract";
import type { BrokerState, Operation, Rights } from "@keyline/kafka";
import { type FoundLetters, keylineAssignor } from "@keyline/proof";
import { deadLetterTopic } from "@keyline/runtime/tools";
import type { GroupState } from "@keyline/runtime/transport";
import { bytesText } from "../report/bytes.js";
import { counted } from "../report/counted.js";
import type { Difference } from "../topics/plan.js";
import { type CheckResult, ok, skipped, some, todo } from "./check-result.js";

/** Which brokers there are. */
export function checkBrokers(brokers: readonly BrokerState[], clusterId: string, warning: string | null): CheckResult {
  const versions = [...new Set(brokers.map(({ version }) => version))];
  const shown = brokers.map(({ address }) => address);
  return ok(
    "doctor-brokers",
    `${counted(brokers.length, "broker")} (${some(shown)}), Kafka ${versions.join(" and ")}, cluster ${clusterId}${warning === null ? "" : `; warning: ${warning}`}`,
  );
}

const seeing = "let an administrator grant DESCRIBE on them, or on those that its app needs: see doctor --app";

/**
 * What of the topics differs from the contract: those that are missing, their partition counts, the rest. Whether `hidden`
 * ones are there is not known: this user may not see them.
 */
export function checkTopics(
  differences: readonly Difference[],
  there: ReadonlySet<string>,
  total: number,
  { file, limits, hidden }: { readonly file: string; readonly limits: string; readonly hidden: readonly string[] },
): readonly CheckResult[] {
  const missing = differences.filter(({ topic }) => !there.has(topic) && !hidden.includes(topic));
  const counts = differences.filter((one) => there.has(one.topic) && (one.kind === "grow" || isPartitions(one)));
  const others = differences.filter((one) => there.has(one.topic) && !counts.includes(one));
  const names = (them: readonly Difference[]) => some([...new Set(them.map(({ topic }) => topic))]);
  const plan = `run keyline topics plan ${file}`;
  const apply = `run keyline topics apply ${file}`;
  const noTopics = (id: "doctor-partitions" | "doctor-settings") =>
    skipped(id, "there are no topics yet", `${apply} first`);
  return [
    hidden.length > 0
      ? todo("doctor-topics", `this user may not see ${hidden.length} of ${total}: ${some(hidden)}`, seeing)
      : missing.length === 0
        ? ok("doctor-topics", `all ${total} exist, including dead-letter topics`)
        : todo("doctor-topics", `${missing.length} of ${total} are missing: ${names(missing)}`, apply),
    there.size === 0
      ? noTopics("doctor-partitions")
      : counts.length === 0
        ? ok("doctor-partitions", "every count is the contract's")
        : todo("doctor-partitions", `not the contract's count: ${names(counts)}`, plan),
    there.size === 0
      ? noTopics("doctor-settings")
      : others.length === 0
        ? ok("doctor-settings", `as the contract says; ${limits}`)
        : todo(
            "doctor-settings",
            `${counted(others.length, "setting")} not as the contract says: ${names(others)}`,
            plan,
          ),
  ];
}

const sizeLimit = "max.message.bytes";

/** How large batches may be: as they are written, by each topic, and as readers unpack them. */
export function batchLimits(
  topics: Iterable<{ readonly config: Readonly<Record<string, string>> }>,
  maxUnpackedBytes: number,
): string {
  const limits = [...topics].flatMap(({ config }) => Number(config[sizeLimit]) || []);
  const written = limits.length === 0 ? "" : `up to ${bytesText(Math.max(...limits))} (${sizeLimit}), `;
  return `batches ${written}unpacked up to ${bytesText(maxUnpackedBytes)} (maxUnpackedBytes)`;
}

const isPartitions = (one: Difference) => one.kind === "refused" && one.what === "partitions";

/** Rights that are needed, by the topic's or group's name. */
export type Needs = ReadonlyMap<string, readonly Operation[]>;

/** What an app of the contract has to be allowed with topics; every app's needs together where none is named. */
export function topicNeeds({ channels, operations }: Contract, app: string | undefined): Needs {
  const needs = new Map<string, Set<Operation>>();
  const need = (topic: string, ...rights: readonly Operation[]) => {
    needs.set(topic, new Set([...(needs.get(topic) ?? []), ...rights, "describe"]));
  };
  for (const { id, address, parameters } of channels) {
    if (parameters.length > 0) continue;
    const own = operations.filter((one) => one.channel === id && (app === undefined || one.app === app));
    const isUnsaid = operations.length === 0;
    if (isUnsaid || own.some(({ action }) => action === "send")) need(address, "write");
    if (isUnsaid || own.some(({ action }) => action === "receive")) {
      need(address, "read");
      need(deadLetterTopic(address), "write");
    }
  }
  // An app looks whether the topics of a domain are of one size, those too that it does not use.
  const used = new Set(channels.flatMap(({ address, domain }) => (needs.has(address) && domain) || []));
  for (const { address, domain } of channels) if (domain && used.has(domain)) need(address);
  return new Map([...needs].map(([topic, rights]) => [topic, [...rights]]));
}

/** What an app has to be allowed with the consumer groups that the contract names. */
export function groupNeeds({ operations }: Contract, app: string | undefined): Needs {
  const own = operations.filter((one) => one.action === "receive" && (app === undefined || one.app === app));
  const groups = new Set(own.flatMap(({ groupId }) => groupId ?? []));
  return new Map([...groups].map((groupId) => [groupId, ["read"] as const]));
}

/** The number of topics or groups whose rights are known, and the missing rights, by right. */
function missingRights(
  kind: "" | "the group ",
  needs: Needs,
  rights: ReadonlyMap<string, Rights>,
): { readonly known: number; readonly missing: readonly string[] } {
  const known = [...needs].flatMap(([name, wanted]) => {
    const own = rights.get(name);
    return own ? [{ name, lacking: wanted.filter((right) => !own.includes(right)) }] : [];
  });
  const lacking = known.flatMap(({ name, lacking: all }) => all.map((right) => ({ name, right })));
  const byRight = Map.groupBy(lacking, ({ right }) => right);
  const missing = [...byRight].map(
    ([right, of]) => `${right.toUpperCase()} on ${kind}${some(of.map(({ name }) => name))}`,
  );
  return { known: known.length, missing };
}

/** Which rights are lacking, by right: what an operator has to give. */
export function checkPermissions(
  needs: { readonly topics: Needs; readonly groups: Needs },
  rights: { readonly topics: ReadonlyMap<string, Rights>; readonly groups: ReadonlyMap<string, Rights> },
): CheckResult {
  const topics = missingRights("", needs.topics, rights.topics);
  const groups = missingRights("the group ", needs.groups, rights.groups);
  if (topics.known === 0) {
    return skipped(
      "doctor-permissions",
      "the brokers do not report them",
      "create the topics first, then run doctor again",
    );
  }
  const shown = [...topics.missing, ...groups.missing];
  const ofGroups = groups.known === 0 ? "" : ` and ${counted(groups.known, "group")}`;
  if (shown.length === 0) return ok("doctor-permissions", `enough for ${counted(topics.known, "topic")}${ofGroups}`);
  return todo(
    "doctor-permissions",
    `this user lacks ${shown.join("; ")}`,
    "let an administrator grant these rights (kafka-acls --add --allow-principal)",
  );
}

/** Groups that may split a lane: they read several topics of a domain, and share them in another way than Keyline. */
export function checkGroups(all: readonly GroupState[], { channels, domains }: Contract): CheckResult {
  const groups = all.filter(({ members }) => members.length > 0);
  const foreign = groups.filter(({ assignor, members }) => {
    if (assignor === keylineAssignor) return false;
    const topics = new Set(members.flatMap(({ partitions }) => partitions.map(({ topic }) => topic)));
    return domains.some(
      ({ name }) => channels.filter((one) => one.domain === name && topics.has(one.address)).length > 1,
    );
  });
  if (foreign.length === 0)
    return ok("doctor-groups", `${counted(groups.length, "group")} with members, none splits a lane`);
  const names = foreign.map(({ groupId, assignor }) => `${groupId} (${assignor || "unknown"})`);
  return todo(
    "doctor-groups",
    `${some(names)}: several topics of a domain, assigned by an assignor other than ${keylineAssignor}`,
    "let one member of the group read all of them, or use Keyline's consumer: different members may read a key's topics",
  );
}

/** Events that apps gave up and that wait for an operator. */
export function checkLetters({ letters, notRead }: Pick<FoundLetters, "letters" | "notRead">): CheckResult {
  const look = "keyline dead-letters list";
  if (letters.length > 0) {
    const codes = [...Map.groupBy(letters, ({ code }) => code)].map(([code, of]) => `${of.length} ${code}`);
    const partly = notRead.length > 0 ? ", and not all could be read" : "";
    return todo(
      "doctor-dead-letters",
      `${counted(letters.length, "letter")} ${letters.length === 1 ? "waits" : "wait"}: ${some(codes)}${partly}`,
      `run ${look}`,
    );
  }
  const [unread] = notRead;
  if (unread) return skipped("doctor-dead-letters", `${unread.what} could not be read`, unread.reason);
  return ok("doctor-dead-letters", "none waits");
}
