/**
 * Libraries that assign keys lose one named `__proto__`: it vanishes into a prototype. They ask a value for its keys by its
 * own `hasOwnProperty`, which a key of that name takes from them. They follow a reference through what objects inherit, and
 * freeze what it leads to: `#/constructor/prototype` would freeze `Object.prototype` for the whole process. For them each gets
 * another name of the same length, which keeps positions.
 */
const disguises = [
  ["__proto__", "_-proto-_"],
  ["hasOwnProperty", "_-hasOwnProp-_"],
  ["constructor", "_-constru-_"],
] as const;

export const disguise = (text: string) =>
  disguises.reduce((result, [name, other]) => result.replaceAll(name, other), text);
export const undisguise = (text: string) =>
  disguises.reduce((result, [name, other]) => result.replaceAll(other, name), text);
