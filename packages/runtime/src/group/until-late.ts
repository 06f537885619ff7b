/** Waits for work in progress, at most until the signal fires. */
export async function untilLate(underWay: Promise<unknown>, late: AbortSignal): Promise<void> {
  if (late.aborted) return;
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  late.addEventListener("abort", end, { once: true });
  await Promise.race([underWay, over.promise]).finally(() => late.removeEventListener("abort", end));
}
