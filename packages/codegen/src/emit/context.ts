import type { Contract } from "@keyline/contract";
import type { SchemaGraph } from "../model/schema-graph.js";
import type { Names, SchemaNames } from "../names/plan.js";
import type { Header, Import } from "../printer/source-file.js";
import type { Layout } from "./layout.js";

/** What every emitter needs to know. */
export interface EmitContext {
  readonly contract: Contract;
  readonly names: Names;
  readonly graph: SchemaGraph;
  readonly header: Header;
  readonly layout: Layout;
}

/** Collects which named schemas a printed text refers to, so that the file imports those and no others. */
export interface SchemaRefs {
  constant(name: string): string;
  declared(name: string): string;
  type(name: string): string;
  /** Imports of everything that was referred to; `folder` leads to the folder of schemas. */
  imports(folder: string): readonly Import[];
}

/** `own` is the schema whose file is printed: it needs no import of itself. */
export function createSchemaRefs({ names, layout }: EmitContext, own?: string): SchemaRefs {
  const values = new Map<string, Set<string>>();
  const types = new Map<string, Set<string>>();
  const refer = (name: string, kind: Map<string, Set<string>>, pick: (names: SchemaNames) => string) => {
    const found = names.schemas.get(name);
    if (!found) throw new Error(`schema ${name} has no name: the contract does not hold it`);
    if (name !== own) kind.set(found.file, (kind.get(found.file) ?? new Set()).add(pick(found)));
    return pick(found);
  };
  return {
    constant: (name) => refer(name, values, (found) => found.constant),
    declared: (name) => refer(name, values, (found) => found.declared),
    type: (name) => refer(name, types, (found) => found.type),
    imports: (folder) =>
      [...new Set([...values.keys(), ...types.keys()])].map((file) => ({
        from: layout.sibling(`${folder}/${file}`),
        values: [...(values.get(file) ?? [])],
        types: [...(types.get(file) ?? [])],
      })),
  };
}
