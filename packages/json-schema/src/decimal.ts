/** A number as its shortest decimal: digits and a power of ten. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

export const decimalOf = (value: number): Decimal => {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
};

/** The digits of a decimal when it is written with this power of ten, which is at most its own. */
export const scaledTo = ({ digits, exponent }: Decimal, to: number): bigint => digits * 10n ** BigInt(exponent - to);

export const numberOf = (digits: bigint, exponent: number): number => Number(`${digits}e${exponent}`);

/** Whether a number is a whole multiple, exactly, in the decimals that both are written in: 0.07 is one of 0.01. */
export const isMultipleOf = (value: number, factor: number): boolean => {
  if (value === 0) return true;
  const a = decimalOf(value);
  const b = decimalOf(factor);
  if (b.digits === 0n) return false;
  const exponent = Math.min(a.exponent, b.exponent);
  return scaledTo(a, exponent) % scaledTo(b, exponent) === 0n;
};

export const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
