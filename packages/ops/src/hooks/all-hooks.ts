import type { Hooks } from "@keyline/runtime";

type Hook = (event: unknown) => void;

/**
 * Combines several sets of hooks: each is called for everything, in order. One that throws does not affect the others.
 */
export function allHooks(...sets: readonly Hooks[]): Hooks {
  const byName = new Map<string, Hook[]>();
  for (const set of sets) {
    for (const [name, hook] of Object.entries(set) as [string, Hook | undefined][]) {
      if (hook) byName.set(name, [...(byName.get(name) ?? []), hook.bind(set)]);
    }
  }
  return Object.fromEntries([...byName].map(([name, hooks]) => [name, together(hooks)])) as Hooks;
}

function together(hooks: readonly Hook[]): Hook {
  const [only] = hooks;
  if (only && hooks.length === 1) return only;
  return (event) => {
    const thrown: unknown[] = [];
    for (const hook of hooks) {
      try {
        hook(event);
      } catch (caught) {
        thrown.push(caught);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  };
}
