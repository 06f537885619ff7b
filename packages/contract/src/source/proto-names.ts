/**
 * Libraries that assign keys lose one named `__proto__`: it vanishes into a prototype. For them it gets another name of
 * the same length, which keeps positions.
 */
export const disguise = (text: string) => text.replaceAll("__proto__", "_-proto-_");
export const undisguise = (text: string) => text.replaceAll("_-proto-_", "__proto__");
