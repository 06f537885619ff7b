/** By character: whether it is a hexadecimal digit, in either case. */
const digits = new Uint8Array(128);
for (const digit of "0123456789abcdefABCDEF") digits[digit.charCodeAt(0)] = 1;

/** Whether a part of a text is hexadecimal digits, in either case. */
export function isHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (digits[text.charCodeAt(at)] !== 1) return false;
  return true;
}
