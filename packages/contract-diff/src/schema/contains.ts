import { createValidator } from "@keyline/contract";
import type { Json, JsonSchema, Resolve } from "@keyline/json-schema";
import { accepts } from "./accepts.js";
import { createCloser } from "./close.js";
import { createCompiler } from "./compile.js";
import { createNodes, type Node, type NodeFactory } from "./node.js";
import type { Solver } from "./solve/answer.js";
import { createSolver, type SolverOptions } from "./solve/solver.js";

/** Whether one side accepts everything that the other side writes. */
export type Containment =
  | { readonly kind: "contained" }
  /** `counterexample`: a value that is written and refused, by ajv too; null where ajv cannot say so. */
  | { readonly kind: "escapes"; readonly counterexample: Json | undefined }
  /** Neither a proof nor a value was found. */
  | { readonly kind: "undecided" };

/** A schema of one of the contracts. */
export interface SchemaOf {
  readonly side: Side;
  readonly schema: JsonSchema;
}

/** The schemas of one contract. */
export interface Side {
  readonly compile: (schema: JsonSchema) => Node;
  readonly close: (schema: JsonSchema) => Node;
  /** Whether a value matches a schema, by ajv; null if ajv cannot decide. */
  readonly judge: (schema: JsonSchema, value: Json) => boolean | null;
}

/** Compares schemas of contracts. */
export interface Comparer {
  /** Makes the schemas of a contract comparable. */
  side(schemas: readonly { readonly name: string; readonly schema: JsonSchema }[]): Side;
  /** Whether a reader accepts everything that a writer may write: values that match, with declared fields only. */
  written(writer: SchemaOf, reader: SchemaOf): Containment;
  /** Whether a schema accepts everything that another one accepts. */
  accepted(one: SchemaOf, other: SchemaOf): Containment;
  /** Whether everything that a writer may write may be written by the other. */
  writable(one: SchemaOf, other: SchemaOf): Containment;
}

/** Creates a comparer, which caches its results. */
export const createComparer = (options: SolverOptions = {}): Comparer => {
  const nodes = createNodes();
  const solver = createSolver(nodes, options);
  return {
    side: (schemas) => createSide(nodes, schemas),
    written: (writer, reader) => contained(solver, writer, reader, { isClosed: true, closes: false }),
    accepted: (one, other) => contained(solver, one, other, { isClosed: false, closes: false }),
    writable: (one, other) => contained(solver, one, other, { isClosed: true, closes: true }),
  };
};

const createSide = (
  nodes: NodeFactory,
  schemas: readonly { readonly name: string; readonly schema: JsonSchema }[],
): Side => {
  const byName = new Map(schemas.map(({ name, schema }) => [name, schema]));
  const resolve: Resolve = (name) => byName.get(name);
  return {
    compile: remembered(createCompiler(nodes, resolve)),
    close: remembered(createCloser(nodes, resolve)),
    judge: createValidator(schemas).fits,
  };
};

const remembered = (make: (schema: JsonSchema) => Node): ((schema: JsonSchema) => Node) => {
  // Invariant: `made` holds the node of each schema that was asked for; a schema never changes.
  const made = new Map<JsonSchema, Node>();
  return (schema) => {
    const node = made.get(schema) ?? make(schema);
    made.set(schema, node);
    return node;
  };
};

interface Fields {
  /** Whether the first side writes declared fields only. */
  readonly isClosed: boolean;
  /** Whether the second side takes declared fields only. */
  readonly closes: boolean;
}

const contained = (solver: Solver, one: SchemaOf, other: SchemaOf, { isClosed, closes }: Fields): Containment => {
  const own = one.side.compile(one.schema);
  const declared = isClosed ? one.side.close(one.schema) : solver.nodes.yes;
  const target = other.side.compile(other.schema);
  const limit = closes ? other.side.close(other.schema) : solver.nodes.yes;
  const answer = solver.find({ yes: [own, declared], no: [solver.nodes.and([target, limit])] });
  if (answer.kind === "none") return { kind: "contained" };
  if (answer.kind === "unknown") return { kind: "undecided" };
  const { value } = answer;
  const isWritten = one.side.judge(one.schema, value) === true && accepts(declared, value) === true;
  const isRefused = other.side.judge(other.schema, value) === false || accepts(limit, value) === false;
  return { kind: "escapes", counterexample: isWritten && isRefused ? value : undefined };
};
