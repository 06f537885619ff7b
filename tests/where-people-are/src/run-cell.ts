import { expected, type Seen, type Setting } from "../service/scenario.ts";
import type { Cell } from "./cells.ts";
import { run } from "./launch.ts";

/** What the service printed. */
export type Printed =
  | { readonly seen: Readonly<Record<string, Seen>> }
  | { readonly code: string; readonly message: string };

/** A cell's service, run once with a setting; null where a runner of tests looked at what was seen. */
export async function runCell(cell: Cell, place: string, setting: Setting): Promise<Printed | null> {
  const { program, args, folder = place, isTest = false } = cell.command(place);
  const output = await run(program, args, { folder, setting });
  if (isTest) {
    if (!/Tests:? +(\S*)1 passed/.test(output)) throw new Error(`no test passed:\n${output}`);
    return null;
  }
  const [line] = output.split("\n").filter((some) => some.startsWith("{"));
  if (line === undefined) throw new Error(`nothing was printed of what was seen:\n${output}`);
  return JSON.parse(line) as Printed;
}

/** What has to be seen: every step of every student once and in order, and all of them counted. */
export const allSeen = ({ firstStudent }: Setting): Printed => ({
  seen: Object.fromEntries([0, 1, 2].map((at) => [firstStudent + at, expected])),
});

/**
 * Makes what cells run.
 *
 * Invariant: `made` has everything that was begun to be made, so each thing is made once.
 */
export function createPreparing(place: string): (cell: Cell) => Promise<void> {
  const made = new Map<string, Promise<void>>();
  return async ({ prepare }) => {
    if (!prepare) return;
    const making = made.get(prepare.name) ?? prepare.make(place);
    made.set(prepare.name, making);
    await making;
  };
}
