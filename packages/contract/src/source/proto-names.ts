/**
 * Libraries that assign keys lose one named `__proto__`: it vanishes into a prototype. They ask a value for its keys by its
 * own `hasOwnProperty`, which a key of that name takes from them. For them each gets another name of the same length, which
 * keeps positions.
 */
const disguises = [
  ["__proto__", "_-proto-_"],
  ["hasOwnProperty", "_-hasOwnProp-_"],
] as const;

export const disguise = (text: string) =>
  disguises.reduce((result, [name, other]) => result.replaceAll(name, other), text);
export const undisguise = (text: string) =>
  disguises.reduce((result, [name, other]) => result.replaceAll(other, name), text);
