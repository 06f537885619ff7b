import type { BuildOptions } from "esbuild";

/** How programs are bundled from their sources. */
export declare const sourceBundle: BuildOptions;

/** Runs `main(args)` of `src/<command>.ts` in an app's folder, then ends this process with what that resolves to. */
export declare function runFromSource(
  root: URL,
  command: string,
  args: readonly string[],
  options?: { readonly external?: readonly string[] },
): Promise<void>;
