// The one notation for a place in a value, in every finding: `lines[0].price`, and `["a.b"]` for a name that would read as two.

const isPlain = (name: string) => /^[^.[\]"\s]+$/.test(name);

/** A path with one more step: a number leads into a list. */
export const pathWith = (path: string, step: PropertyKey): string => {
  if (typeof step === "number") return `${path}[${step}]`;
  const name = String(step);
  if (!isPlain(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
};

/** A path as text, e.g. `items[2].name`; empty for the value itself. */
export const pathText = (steps: readonly PropertyKey[]): string => steps.reduce<string>(pathWith, "");

/** The steps of a JSON pointer into a value: list indices as numbers, field names as strings. */
export const stepsInto = (value: unknown, tokens: readonly string[]): readonly (string | number)[] => {
  let at = value;
  return tokens.map((token) => {
    const isIndex = Array.isArray(at);
    at = typeof at === "object" && at !== null && Object.hasOwn(at, token) ? (at as Fields)[token] : undefined;
    return isIndex ? Number(token) : token;
  });
};

type Fields = Readonly<Record<string, unknown>>;
