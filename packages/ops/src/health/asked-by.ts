import { isIP } from "node:net";

/**
 * Whether a server may be asked by the name in a `Host` header: an address, `localhost`, or one of its own names. Any other
 * name that leads here belongs to another page, which could read the answers (DNS rebinding).
 */
export function isAskedBy(host: string | undefined, names: readonly string[]): boolean {
  // Browsers always send it.
  if (host === undefined) return true;
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host.toLowerCase()) ?? [];
  const name = bracketed ?? plain ?? "";
  return isIP(name) !== 0 || name === "localhost" || names.some((one) => one.toLowerCase() === name);
}
