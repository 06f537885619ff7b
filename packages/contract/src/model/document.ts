import type { Reporter } from "../diagnostics/reporter.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import type { Files } from "../source/files.js";
import type { MapNode } from "../source/tree.js";

/** What reading a document takes. */
export interface Reading {
  readonly files: Files;
  readonly root: MapNode;
  readonly reporter: Reporter;
  readonly schemas: SchemaRegistry;
  /** Whether the official parser has found no error. */
  readonly isValid: boolean;
  /** Whether a channel that cannot be generated is an error. */
  readonly isStrict: boolean;
}
