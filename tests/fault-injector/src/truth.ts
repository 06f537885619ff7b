import type { RecordFinding, RecordKind } from "@keyline/proof";
import type { RecordPosition } from "@keyline/runtime";

/** One thing that was done, and where. */
export interface Injected {
  readonly kind: RecordKind;
  readonly eventId: string | null;
  /** Null where a foreign client chose the place: then its event id tells it. */
  readonly place: RecordPosition | null;
}

/** What an audit found of a kind. */
export interface Score {
  readonly kind: RecordKind;
  readonly injected: number;
  readonly found: number;
  /** Injected and found. */
  readonly right: number;
  /** `right / found`; 1 where nothing was found. */
  readonly precision: number;
  /** `right / injected`; 1 where nothing was injected. */
  readonly recall: number;
  /** Found and not injected, the first few. */
  readonly wrong: readonly RecordFinding[];
  /** Injected and not found, the first few. */
  readonly missed: readonly Injected[];
}

const shown = 5;

/** Holds findings against what was done, kind by kind. */
export function scores(injected: readonly Injected[], findings: readonly RecordFinding[]): readonly Score[] {
  const kinds = new Set([...injected, ...findings].map(({ kind }) => kind));
  return [...kinds].sort().map((kind) => {
    const truth = injected.filter((one) => one.kind === kind);
    const found = findings.filter((one) => one.kind === kind);
    const foundNames = new Set(found.flatMap((one) => [placeName(one), one.eventId ?? ""]));
    const trueNames = new Set(truth.map(nameOf));
    const missed = truth.filter((one) => !foundNames.has(nameOf(one)));
    const wrong = found.filter((one) => !trueNames.has(placeName(one)) && !trueNames.has(one.eventId ?? ""));
    return {
      ...{ kind, injected: truth.length, found: found.length, right: truth.length - missed.length },
      precision: found.length === 0 ? 1 : (found.length - wrong.length) / found.length,
      recall: truth.length === 0 ? 1 : (truth.length - missed.length) / truth.length,
      ...{ wrong: wrong.slice(0, shown), missed: missed.slice(0, shown) },
    };
  });
}

const placeName = ({ topic, partition, offset }: RecordPosition) => `${topic}/${partition}@${offset}`;

const nameOf = ({ place, eventId }: Injected) => (place === null ? (eventId ?? "") : placeName(place));

/** The scores as a table. */
export function scoreText(all: readonly Score[]): string {
  const rows = all.map(({ kind, injected, found, right, precision, recall }) =>
    [kind.padEnd(24), injected, found, right, precision.toFixed(4), recall.toFixed(4)].join("\t"),
  );
  return `${["kind".padEnd(24), "injected", "found", "right", "precision", "recall"].join("\t")}\n${rows.join("\n")}\n`;
}
