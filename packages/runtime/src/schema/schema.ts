import type { z } from "zod";

/** A schema of any values: what a builder takes. */
// biome-ignore lint/suspicious/noExplicitAny: the type of its values is written beside the schema, and not read from it.
export type Schema = z.ZodType<any, any>;

/**
 * A schema as a builder returns it: generated code writes its type beside it. To infer that from the schema's parts takes the
 * compiler most of its time where a contract has hundreds of topics; so does to hold a schema's type against another.
 */
// biome-ignore lint/suspicious/noExplicitAny: fits the type that is written beside it, whatever that is.
export type Built = any;
