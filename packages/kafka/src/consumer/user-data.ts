import type { LaneGroup, LaneMember, TopicPartition } from "@keyline/runtime/transport";

/** What a member tells the group's leader about itself; Kafka carries it as it is. */
export interface MemberData extends Pick<LaneMember, "groups" | "previous"> {
  readonly version: number;
  /** What its code knows beyond the protocol; not there in a member of a version before. Nothing is shared out by it. */
  readonly announces?: readonly string[];
}

/** What the leader tells every member beside its partitions. */
export interface AssignmentData {
  readonly gaps: readonly TopicPartition[];
  /** The partition counts that it shared out by; a leader of an older version tells none. */
  readonly counts: Readonly<Record<string, number>>;
  /** The subscription of the member that it tells; a leader of an older version tells none. */
  readonly groups?: readonly LaneGroup[];
}

/** Of both: a later format gets another number, and is read as far as it is understood. */
const format = 1;

export const writeUserData = (data: MemberData | AssignmentData): Buffer =>
  Buffer.from(JSON.stringify({ format, ...data }));

/** Reads what a member says. If it says nothing sensible, each of its topics is a group by itself. */
export function readMemberData(bytes: Buffer | null, topics: readonly string[]): MemberData {
  const told = parse(bytes);
  const groups = list(told.groups).filter(isGroup);
  return {
    groups: groups.length > 0 ? groups : topics.map((topic) => ({ name: `topic:${topic}`, topics: [topic] })),
    previous: list(told.previous).filter(isLane),
    version: typeof told.version === "number" ? told.version : 0,
  };
}

/** What a member says that its code knows; nothing for one of another library. */
export const readAnnounced = (bytes: Buffer | null): readonly string[] => list(parse(bytes).announces).filter(isText);

/** Reads what the leader says; nothing sensible means no gaps, and counts that are not known. */
export function readAssignmentData(bytes: Buffer | null): AssignmentData {
  const { gaps, counts, groups } = parse(bytes);
  return {
    ...(groups === undefined ? {} : { groups: list(groups).filter(isGroup) }),
    gaps: list(gaps).filter(isPartition),
    counts: Object.fromEntries(Object.entries(isRecord(counts) ? counts : {}).filter(isCount)),
  };
}

function parse(bytes: Buffer | null): Readonly<Record<string, unknown>> {
  try {
    const told: unknown = JSON.parse(bytes?.toString("utf8") ?? "{}");
    return isRecord(told) ? told : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isText = (value: unknown): value is string => typeof value === "string";

const isGroup = (value: unknown): value is LaneGroup =>
  isRecord(value) &&
  isText(value.name) &&
  Array.isArray(value.topics) &&
  value.topics.every(isText) &&
  (value.partitions === undefined || Number.isInteger(value.partitions));

const isLane = (value: unknown): value is LaneMember["previous"][number] =>
  isRecord(value) && isText(value.group) && typeof value.lane === "number";

const isCount = (entry: [string, unknown]): entry is [string, number] => typeof entry[1] === "number";

const isPartition = (value: unknown): value is TopicPartition =>
  isRecord(value) && isText(value.topic) && typeof value.partition === "number";
