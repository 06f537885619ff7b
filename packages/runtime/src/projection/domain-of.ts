import type { DomainDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { AnyProjection } from "./define.js";

/**
 * The one ordering domain that a projection reads: a key's state needs one order. Throws `options_invalid` if there are
 * several.
 */
export function domainOf(projection: Pick<AnyProjection, "name" | "reads">): DomainDescriptor {
  const [first, ...others] = Object.values(projection.reads).map((topic) => topic.domain);
  if (!first || others.some((other) => other?.name !== first.name)) {
    throw new KeylineError(
      "options_invalid",
      `projection ${projection.name} must read topics of one ordering domain: only there a key's events have an order`,
    );
  }
  return first;
}
