import type { z } from "zod";

/** The settings of an app: each field an environment variable, described by its schema. */
export type SettingsSchema = z.ZodObject;

/** Reads settings from the environment; an empty variable counts as absent. */
export function readSettings<Schema extends SettingsSchema>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): { readonly settings: z.infer<Schema> } | { readonly problems: readonly string[] } {
  const given = Object.keys(schema.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : []));
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return { settings: parsed.data };
  return { problems: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) };
}

/** The settings, a line each. */
export function settingsHelp(schema: SettingsSchema): string {
  const fields = Object.entries(schema.shape) as [string, z.ZodType][];
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return fields.map(([name, field]) => `  ${name.padEnd(width)}  ${field.description ?? ""}\n`).join("");
}
