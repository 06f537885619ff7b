import { nearest } from "@keyline/json-schema";
import { KeylineError } from "./errors.js";

type KeysOf<Options> = Options extends unknown ? keyof Options : never;

/** Every name of an options type; the compiler checks that the list is complete. */
export type NamesOf<Options> = Readonly<Record<KeysOf<Options>, true>>;

/** Names that are listed where none is near. */
const mostListed = 12;

/** `orderPlacd is not a topic of this contract; did you mean orderPlaced?`; where no name is near, those that there are. */
export function withNearest(isUnknown: string, name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  if (guess !== null) return `${isUnknown}; did you mean ${guess}?`;
  const listed = known.slice(0, mostListed).join(", ");
  const all = known.length > mostListed ? `${listed} and ${known.length - mostListed} more` : listed || "none";
  return `${isUnknown}; there are ${all}`;
}

/**
 * Throws `options_invalid` for an unknown option, with the nearest known one: for callers without types it would be
 * ignored silently. `subject` says what cannot be done. Options that are undefined are ignored.
 */
export function checkNames(
  subject: string,
  given: unknown,
  names: Readonly<Record<string, true>>,
  kind = "option",
): void {
  if (typeof given !== "object" || given === null) return;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(names, name)) continue;
    const text = withNearest(`there is no ${kind} ${name}`, name, Object.keys(names));
    throw new KeylineError("options_invalid", `${subject}: ${text}`);
  }
}

/**
 * Reports misspelt function names to callers without types: an unknown name that is close to a known one gives a
 * function that throws `options_invalid`. Any other name stays undefined, since libraries look for names of their own
 * (`then`, `toJSON`, `onModuleInit`).
 */
export function withUnknownNames<Functions extends object>(
  functions: Functions,
  subject: string,
  isNot: string,
): Functions {
  // Own functions are found as ever; the proxy is asked for what is not there alone.
  return Object.freeze(Object.assign(Object.create(unknownNames(Object.keys(functions), subject, isNot)), functions));
}

/** The prototype of an object with functions of these names, for {@link withUnknownNames} where many objects share the names. */
export function unknownNames(known: readonly string[], subject: string, isNot: string): object {
  return new Proxy(Object.prototype, {
    get(target, name, receiver) {
      if (typeof name !== "string" || name in target || isOfOthers.test(name))
        return Reflect.get(target, name, receiver);
      if (nearest(name, known, Math.max(2, name.length / 4)) === null) return undefined;
      return () => {
        throw new KeylineError("options_invalid", `${subject}: ${withNearest(`${name} is not ${isNot}`, name, known)}`);
      };
    },
  });
}

const isOfOthers = /^(then|catch|finally|toJSON|inspect|asymmetricMatch|nodeType|tagName|on[A-Z].*|[$_@].*)$/;
