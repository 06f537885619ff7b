/** Whether a part of a text is hexadecimal digits, in lower case and, if told, in upper case too. */
export function isHex(text: string, from: number, to: number, upper: "upper too" | "lower only"): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    const isDigit = (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
    if (!isDigit && !(upper === "upper too" && code >= 65 && code <= 70)) return false;
  }
  return text.length >= to;
}
