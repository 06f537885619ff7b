import { isScope, scopeOf } from "@keyline/codegen";
import type { ProjectNames } from "./template.js";

/** A project's name and scope from its folder's name, where nobody gives others: `My Events/` is `my-events`. */
export function namesOf(folder: string, scope: string | undefined): ProjectNames {
  const proposed = scopeOf(folder);
  return { name: proposed.slice(1), scope: scope ?? proposed };
}

/** The scope that somebody typed, with or without its `@`; null where npm takes none such. */
export function scopeFrom(text: string): string | null {
  const scope = text.startsWith("@") ? text : `@${text}`;
  return isScope(scope) ? scope : null;
}
