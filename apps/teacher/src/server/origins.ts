/** By which addresses a server may be asked. */
export interface Origins {
  /** Whether a request's `Host` header is one of them: another name that leads here belongs to another page. */
  knowsHost(host: string | undefined): boolean;
  /** Whether an `Origin` header is one of them. */
  knowsOrigin(origin: string | undefined): boolean;
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A host as it stands in a URL. */
export function urlHost(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** @param publicUrl where readers find the page, when that is not the listening address itself */
export function createOrigins(
  listening: { readonly host: string; readonly port: number },
  publicUrl?: string,
): Origins {
  const local = ["127.0.0.1", "localhost", "[::1]"].map((host) => `http://${host}:${listening.port}`);
  const own = isLoopback(listening.host) ? local : [`http://${urlHost(listening.host)}:${listening.port}`];
  const origins = new Set([...own, ...(publicUrl === undefined ? [] : [publicUrl])].map((url) => new URL(url).origin));
  const hosts = new Set([...origins].map((origin) => new URL(origin).host));
  return {
    knowsHost: (host) => host !== undefined && hosts.has(host.toLowerCase()),
    knowsOrigin: (origin) => origin !== undefined && origins.has(origin),
  };
}
