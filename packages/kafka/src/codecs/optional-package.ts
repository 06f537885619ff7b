import { KeylineError } from "@keyline/runtime";

/** Packages with native code, which are loaded with the first batch that needs them. */
interface OptionalPackages {
  readonly "lz4-napi": typeof import("lz4-napi");
  readonly snappy: typeof import("snappy");
}

/**
 * Loads a package with native code. It is not named in an `import`, which bundlers would follow and fail at the native file, or
 * at its absence; at run time it is looked for from the file that has this code. Rejects with `codec_missing`.
 */
export async function optionalPackage<Name extends keyof OptionalPackages>(
  name: Name,
): Promise<OptionalPackages[Name]> {
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as OptionalPackages[Name];
  } catch (caught) {
    throw missing(name, caught);
  }
}

function missing(name: string, cause: unknown): KeylineError {
  const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1);
  return new KeylineError(
    "codec_missing",
    `the package ${name} cannot be loaded (${reason}): install it where the app runs`,
    {
      cause,
      // Nothing was written, and nothing changes until the app starts again.
      retryable: false,
    },
  );
}
