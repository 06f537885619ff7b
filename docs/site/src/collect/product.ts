import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What the first page says of the product, as its package.json files do. */
export interface Product {
  readonly version: string;
  readonly licence: string;
  /** The oldest Node that the packages run on. */
  readonly node: string;
  /** Where the sources are, for people: https. */
  readonly repository: string;
}

interface Manifest {
  readonly version?: string;
  readonly license?: string;
  readonly repository?: { readonly url?: string };
  readonly engines?: { readonly node?: string };
}

/** Throws where a fact is missing. */
export async function readProduct(root: string): Promise<Product> {
  const read = async (path: string) => JSON.parse(await readFile(join(root, path, "package.json"), "utf8")) as Manifest;
  const [own, runtime] = await Promise.all([read("."), read("packages/runtime")]);
  const fact = (name: string, value: string | undefined) => {
    if (value === undefined) throw new Error(`package.json does not say ${name}`);
    return value;
  };
  return {
    version: fact("version", runtime.version),
    licence: fact("license", own.license),
    node: fact("engines.node", runtime.engines?.node).replace(">=", ""),
    repository: fact("repository.url", own.repository?.url)
      .replace(/^git\+/, "")
      .replace(/\.git$/, ""),
  };
}
