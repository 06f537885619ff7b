import type { Diagnostic, Position } from "../contract.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { entry, type SourceNode } from "../source/tree.js";
import { type Dialect, dialectNames } from "./dialects/dialect.js";

/** The reason why a schema cannot be generated, and its place. */
export interface Refusal extends Pick<Diagnostic, "message" | "fix"> {
  readonly position: Position;
}

/** A schema as one dialect has it: the same object each time. */
export interface SchemaReading {
  readonly node: SourceNode;
  readonly dialect: Dialect;
  /** The reference that asked for it first; null where a message did. */
  readonly from: SourceNode | null;
}

/** What schemas reach, and what of that cannot be generated. */
export interface Reached {
  readonly nodes: ReadonlySet<SourceNode>;
  readonly refusals: readonly Refusal[];
}

/** Which schema refers to which, and which of them were refused. */
export interface SchemaLinks {
  /** A reporter that keeps refusals (the rule `schema-format`) to itself, as the reading's that is being converted. */
  readonly reporter: Reporter;
  /** From now on this is being converted. */
  begin(reading: SchemaReading): void;
  /** What is being converted refers to this one. */
  refersTo(reading: SchemaReading): void;
  /** Whether something in a schema itself was refused, as the reading has it. */
  isRefused(reading: SchemaReading): boolean;
  /** Readings with all that they refer to, and that in turn. */
  from(readings: readonly SchemaReading[]): Reached;
}

interface Links {
  readonly targets: Set<SchemaReading>;
  readonly refusals: Map<string, Refusal>;
}

const otherDialect = "give it its own schemaFormat, or refer to it under one everywhere";

/** A schema that can be generated in another dialect is right: wrong is the reference that asks for it in this one. */
const atReference = ({ dialect, from }: SchemaReading, refusals: readonly Refusal[]): readonly Refusal[] => {
  const [first] = refusals;
  if (first === undefined || from === null) return refusals;
  const { position } = entry(from, "$ref") ?? from;
  const message = `what this leads to is a schema of another dialect elsewhere, and not one of ${dialectNames[dialect]}: ${first.message}`;
  return [{ position, message, fix: otherDialect }];
};

/**
 * Invariant: `links` has each reading that was begun, with every reference and every refusal of its conversion; `current`
 * is that of the one that was begun last.
 */
export const createSchemaLinks = (reporter: Reporter, isGenerated: (node: SourceNode) => boolean): SchemaLinks => {
  const links = new Map<SchemaReading, Links>();
  let current: Links = { targets: new Set(), refusals: new Map() };
  const refusalsOf = (reading: SchemaReading): readonly Refusal[] => [...(links.get(reading)?.refusals.values() ?? [])];
  return {
    reporter: {
      ...reporter,
      report: (rule, position, text) => {
        if (rule !== "schema-format") return reporter.report(rule, position, text);
        const { file, line, column } = position;
        current.refusals.set(JSON.stringify([file, line, column, text.message]), { ...text, position });
      },
    },
    begin: (reading) => {
      current = links.get(reading) ?? { targets: new Set(), refusals: new Map() };
      links.set(reading, current);
    },
    refersTo: (reading) => void current.targets.add(reading),
    isRefused: (reading) => refusalsOf(reading).length > 0,
    from: (roots) => {
      // A set that grows while it is walked through is walked through to its new end.
      const readings = new Set(roots);
      for (const one of readings) for (const target of links.get(one)?.targets ?? []) readings.add(target);
      const found = [...readings].flatMap((one) =>
        isGenerated(one.node) ? atReference(one, refusalsOf(one)) : refusalsOf(one),
      );
      const keyed = found.map((one) => [JSON.stringify([one.position, one.message]), one] as const);
      return { nodes: new Set([...readings].map(({ node }) => node)), refusals: [...new Map(keyed).values()] };
    },
  };
};
