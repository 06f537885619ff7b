/** A batch unpacks to more than it may. */
export class UnpackedTooLarge extends Error {
  override readonly name = "UnpackedTooLarge";
}

const codes: ReadonlySet<unknown> = new Set(["ERR_BUFFER_TOO_LARGE", "ZSTD_error_frameParameter_windowTooLarge"]);

/** Whether node:zlib stopped at its limit. */
export const isBeyond = (caught: unknown): boolean => codes.has((caught as { readonly code?: unknown } | null)?.code);
