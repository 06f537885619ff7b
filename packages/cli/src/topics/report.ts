import { harmless } from "@keyline/runtime/tools";
import type { Io } from "../io.js";
import { colorsOf } from "../io.js";
import { counted } from "../report/counted.js";
import type { Difference } from "./plan.js";

/** How many differences there are of each sort. */
export interface TopicsSummary {
  readonly create: number;
  readonly change: number;
  readonly refused: number;
}

export function summarizeTopics(differences: readonly Difference[]): TopicsSummary {
  const of = (...kinds: readonly Difference["kind"][]) => differences.filter(({ kind }) => kinds.includes(kind)).length;
  return { create: of("create"), change: of("config", "grow"), refused: of("refused") };
}

/** The plan for eyes: a line for each difference. */
export function planText(differences: readonly Difference[], total: number, io: Io): string {
  if (differences.length === 0) return `nothing to do: all ${total} topics on the cluster are as the contract says\n`;
  const { create, change, refused } = summarizeTopics(differences);
  const lines = differences.map((difference) => lineOf(difference, io));
  return `${lines.join("\n")}\n${create} to create, ${change} to change, ${refused} refused; nothing is ever deleted\n`;
}

const someOf = (count: number | null, noun: string) => (count === null ? `default ${noun}s` : counted(count, noun));

function lineOf(difference: Difference, io: Io): string {
  const colors = colorsOf(io);
  switch (difference.kind) {
    case "create": {
      const { topic, partitions, replicas, config } = difference;
      const settings = Object.entries(config).map(([name, value]) => `${name}=${value}`);
      const shape = [someOf(partitions, "partition"), someOf(replicas, "replica"), ...settings];
      return `${colors.green("+ create")}  ${topic}  ${shape.join(", ")}`;
    }
    case "config":
      return `${colors.yellow("~ set")}     ${difference.topic}  ${harmless(`${difference.name}: ${difference.from ?? "unset"} -> ${difference.to}`)}`;
    case "grow":
      return `${colors.yellow("~ grow")}    ${difference.topic}  ${difference.from} -> ${difference.to} partitions`;
    case "refused":
      return `${colors.red("! refused")} ${difference.topic}  ${harmless(difference.reason)}\n            do: ${harmless(difference.todo)}`;
  }
}
