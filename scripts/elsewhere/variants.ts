/** How a run differs from one here and now. */
export interface Surroundings {
  /** What clocks show when the run starts; they run on from there. */
  readonly startMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** The run has a checkout of its own, in a folder of that name. */
  readonly checkout?: string;
  /** Runs as an ordinary user, and so in a checkout of its own. */
  readonly isOrdinaryUser?: boolean;
  /** Runs in a clean root of Debian. */
  readonly isCleanRoot?: boolean;
}

const now = new Date();

/** A moment of UTC. */
const at = (year: number, month: number, ...rest: readonly number[]) => Date.UTC(year, month - 1, ...rest);

const nextLeapYear = () => {
  for (let year = now.getUTCFullYear() + 1; ; year += 1) if (new Date(at(year, 2, 29)).getUTCDate() === 29) return year;
};

/** Every way in which a run can differ, by name. */
export const variants: Readonly<Record<string, { readonly about: string; readonly surroundings: Surroundings }>> = {
  "leap-day": {
    about: "on the next 29 February at noon",
    surroundings: { startMs: at(nextLeapYear(), 2, 29, 12) },
  },
  "new-years-eve": {
    about: "at 23:59:30 UTC on 31 December",
    surroundings: { startMs: at(now.getUTCFullYear(), 12, 31, 23, 59, 30) },
  },
  "next-year": { about: "a year from now", surroundings: { startMs: now.getTime() + 366 * 86_400_000 } },
  east: { about: "13 hours east of UTC", surroundings: { environment: { TZ: "Pacific/Apia" } } },
  west: { about: "3:30 hours west of UTC", surroundings: { environment: { TZ: "America/St_Johns" } } },
  commas: {
    about: "in a locale with decimal commas",
    surroundings: { environment: { LC_ALL: "de_DE.UTF-8", LANG: "de_DE.UTF-8" } },
  },
  space: { about: "in a folder with a space", surroundings: { checkout: "a checkout" } },
  user: { about: "as a user who is not root", surroundings: { isOrdinaryUser: true } },
  clean: {
    about: "in a root of Debian that has Node 20, npm and git",
    surroundings: { isOrdinaryUser: true, isCleanRoot: true },
  },
};

/** What a run of several variants together has: `leap-day+east`. Throws at a name that is not a variant's. */
export function surroundingsOf(names: string): Surroundings {
  const all = names.split("+").map((name) => {
    const variant = variants[name];
    if (!variant) throw new Error(`${name} is not a variant: ${Object.keys(variants).join(", ")}`);
    return variant.surroundings;
  });
  const environment = Object.assign({}, ...all.map((one) => one.environment)) as Record<string, string>;
  return { ...(Object.assign({}, ...all) as Surroundings), environment };
}
