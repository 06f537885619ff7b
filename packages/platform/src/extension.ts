import type { SqlStore } from "@keyline/postgres";
import type { Hooks, Transport } from "@keyline/runtime";
import type { z } from "zod";

/** What an extension gets of the app that it belongs to. */
export interface ExtensionParts {
  readonly store: SqlStore;
  readonly transport: Transport;
  /** Writes to the log. */
  readonly say: (line: string) => void;
}

/** What an app serves beside its projection, while it runs. */
export interface Extension {
  /** Called for what the projection does in this process. */
  readonly hooks: Hooks;
  /** Rejects with why it cannot be served now. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Something that an app serves beside its projection, with settings of its own. */
export interface ExtensionDefinition<Shape extends z.ZodRawShape> {
  readonly shape: Shape;
  /** What is wrong with settings that are each right; null for nothing. */
  fault(given: z.infer<z.ZodObject<Shape>>): string | null;
  start(given: z.infer<z.ZodObject<Shape>>, parts: ExtensionParts): Promise<Extension>;
}

/** For an app that serves its projection alone. */
export const noExtension: ExtensionDefinition<Record<never, never>> = {
  shape: {},
  fault: () => null,
  start: async () => ({ hooks: {}, ready: async () => undefined, close: async () => undefined }),
};
