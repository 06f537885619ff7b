import { isScope, scopeOf } from "@keyline/codegen";
import type { ProjectNames } from "./template.js";

/** A project's name and scope from its folder's name, by default: `My Events/` is `my-events`. */
export function namesOf(folder: string, scope: string | undefined): ProjectNames {
  const proposed = scopeOf(folder);
  return { name: proposed.slice(1), scope: scope ?? proposed };
}

/** The scope that was typed, with or without its `@`; null where it is not valid for npm. */
export function scopeFrom(text: string): string | null {
  const scope = text.startsWith("@") ? text : `@${text}`;
  return isScope(scope) ? scope : null;
}
