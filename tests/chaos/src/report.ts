import type { Letter } from "./log/sorted.js";
import type { ChaosReport } from "./run.js";
import { linesOf, violationsOf } from "./stock/findings.js";

/** The four numbers that have to be 0. */
export function broken({ publishing, sideTopics, effects, points }: ChaosReport) {
  return {
    lost: publishing.lost + sideTopics.lost,
    duplicated: publishing.duplicated + sideTopics.duplicated,
    "out of order": publishing.outOfOrder,
    "effects applied twice": effects.twice + points.twice,
  };
}

/** What stock kafkajs did not show: as long as that is something, the run proves less than it says. */
export function unseen({ stock }: ChaosReport): readonly string[] {
  return stock ? violationsOf(stock).flatMap(({ id, count }) => (count === 0 ? [id] : [])) : [];
}

/** Whether every promise held: the four, and all that is to follow from them. */
export function held(report: ChaosReport): boolean {
  const { effects, points, sideTopics, ambiguousStudents, failures, deadLetters } = report;
  const { missing, unstable, overtaken } = effects;
  const others = [
    missing,
    points.missing,
    unstable,
    overtaken,
    sideTopics.unhandled,
    ambiguousStudents,
    deadLetters.length,
  ];
  return [...Object.values(broken(report)), ...others, failures.length].every((count) => count === 0);
}

/** The report for eyes. */
export function textOf(report: ChaosReport): string {
  const { publishing, effects, sideTopics, deadLetters, faults, stock, options } = report;
  const rejected = Object.entries(publishing.rejected).map(([code, count]) => `${count} ${code}`);
  const table: readonly (readonly [string, unknown])[] = [
    ["events called", publishing.called],
    ["acknowledged", publishing.acknowledged],
    ["rejected", rejected.length > 0 ? rejected.join(", ") : 0],
    ["without an answer", publishing.unanswered],
    ["outputs of the apps", `${effects.outputs} (${effects.repeated} published again)`],
    ["deadlines fired by the clock", report.firings],
    ["stale writes refused", report.staleWritesRefused],
    ["events given up with a refused row", report.givenUp],
    ["copies that gave up ending in good order", report.gaveUpEnding.length],
    ["produce answers cut off", report.answersLost],
    ...Object.entries(faults),
    ...Object.entries(broken(report)),
    ["rows of a plain handler, once each", report.points.rows],
    ["effects missing", effects.missing + report.points.missing],
    ["outputs out of order or with another id", effects.unstable],
    ["firings that overtook an event", effects.overtaken],
    ["students without a total order", report.ambiguousStudents],
    ["dead letters", deadLetters.length],
    ["acknowledged beside the class", sideTopics.acknowledged],
    ["of these in a log and not handled", sideTopics.unhandled],
    ["gone with the recreated topic", namesOf(sideTopics.gone)],
  ];
  return [
    `chaos: ${options.minutes} min, seed ${options.seed}, ${options.brokers} brokers`,
    ...table.map(([name, value]) => `  ${name.padEnd(40)} ${value}`),
    ...report.failures.map((failure) => `  FAILED: ${failure}`),
    ...[...publishing.examples, ...effects.examples, ...deadLetters.slice(0, 3).map(textOfLetter)].map(
      (example) => `  FOUND: ${example}`,
    ),
    ...(stock
      ? [
          "stock kafkajs, the same class and faults",
          ...linesOf(stock).map((line) => `  ${line}`),
          ...violationsOf(stock).map(
            ({ id, what, count }) => `  ${id.padEnd(4)} ${String(count).padStart(5)}  ${what}`,
          ),
          `  effects applied twice: ${stock.effectsTwice}`,
        ]
      : []),
    ...unseen(report).map((id) => `  NOT SEEN with stock kafkajs: ${id}; longer, or with another seed, it shows`),
    held(report) ? "every promise held" : "NOT every promise held",
  ].join("\n");
}

const textOfLetter = ({ app, code, key, place }: Letter): string =>
  `dead letter of ${app}, ${code}: key ${key}, ${place}`;

/** The first of them by name. */
const namesOf = (names: readonly string[]): string =>
  names.length === 0
    ? "nothing"
    : `${names.slice(0, 20).join(", ")}${names.length > 20 ? ` and ${names.length - 20} more` : ""}`;
