/** A number as its shortest decimal: digits and a power of ten. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Whether a number is a whole multiple, exactly, in the decimals that both are written in: 0.07 is one of 0.01. */
export function isMultipleOf(value: number, factor: number): boolean {
  if (value === 0) return true;
  const a = decimalOf(value);
  const b = decimalOf(factor);
  if (b.digits === 0n) return false;
  const shift = a.exponent - b.exponent;
  // 10^n is written out only as far as doubles reach.
  return shift >= 0
    ? (a.digits * 10n ** BigInt(shift)) % b.digits === 0n
    : a.digits % (b.digits * 10n ** BigInt(-shift)) === 0n;
}

function decimalOf(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}
