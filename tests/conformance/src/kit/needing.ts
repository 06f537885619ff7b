import { it } from "vitest";
import type { Capability, Harness } from "../harness.js";

/** `it` for a test that needs capabilities. On a harness without them the test is not there; its test file says which it lacks. */
export function needing(
  harness: Harness,
  ...needed: readonly Capability[]
): (title: string, run: () => Promise<void>) => void {
  const has = needed.every((capability) => harness.capabilities.includes(capability));
  return (title, run) => {
    if (has) it(title, run);
  };
}
