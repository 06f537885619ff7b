import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Loads entries of the packages that are installed in a folder, by names of the caller's. */
export async function modulesIn<Modules>(
  folder: string,
  entries: { readonly [Name in keyof Modules]: string },
): Promise<Modules> {
  const require = createRequire(join(folder, "package.json"));
  const loaded = await Promise.all(
    Object.entries<string>(entries).map(async ([name, entry]) => {
      const module: unknown = await import(pathToFileURL(require.resolve(entry)).href);
      return [name, module] as const;
    }),
  );
  return Object.fromEntries(loaded) as Modules;
}
