import type { Diagnostic, Position } from "../contract.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { SourceNode } from "../source/tree.js";

/** Why a schema cannot be generated, and where it says so. */
export interface Refusal extends Pick<Diagnostic, "message" | "fix"> {
  readonly position: Position;
}

/** What schemas reach, and what of that cannot be generated. */
export interface Reached {
  readonly nodes: ReadonlySet<SourceNode>;
  readonly refusals: readonly Refusal[];
}

/** Which schema refers to which, and which of them were refused. */
export interface SchemaLinks {
  /** A reporter that keeps refusals (the rule `schema-format`) to itself, as the schema's that is being converted. */
  readonly reporter: Reporter;
  /** From now on this schema is being converted. */
  begin(node: SourceNode): void;
  /** The schema that is being converted refers to this one. */
  refersTo(node: SourceNode): void;
  /** Schemas with all that they refer to, and that in turn. */
  from(nodes: readonly SourceNode[]): Reached;
}

interface Links {
  readonly targets: Set<SourceNode>;
  readonly refusals: Map<string, Refusal>;
}

/**
 * Invariant: `links` has each schema that was begun, with every reference and every refusal of its conversion; `current`
 * is the schema that was begun last.
 */
export const createSchemaLinks = (reporter: Reporter): SchemaLinks => {
  const links = new Map<SourceNode, Links>();
  let current: Links = { targets: new Set(), refusals: new Map() };
  return {
    reporter: {
      ...reporter,
      report: (rule, position, text) => {
        if (rule !== "schema-format") return reporter.report(rule, position, text);
        const { file, line, column } = position;
        current.refusals.set(JSON.stringify([file, line, column, text.message]), { ...text, position });
      },
    },
    begin: (node) => {
      current = links.get(node) ?? { targets: new Set(), refusals: new Map() };
      links.set(node, current);
    },
    refersTo: (node) => void current.targets.add(node),
    from: (roots) => {
      // A set that grows while it is walked through is walked through to its new end.
      const nodes = new Set(roots);
      for (const node of nodes) for (const target of links.get(node)?.targets ?? []) nodes.add(target);
      const found = [...nodes].flatMap((node) => [...(links.get(node)?.refusals ?? [])]);
      return { nodes, refusals: [...new Map(found).values()] };
    },
  };
};
