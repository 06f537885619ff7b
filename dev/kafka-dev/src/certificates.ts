import { join } from "node:path";

const folder = join(import.meta.dirname, "../certificates");

/** Files with keys and certificates for loopback, as PEM. */
export const certificates = {
  authority: join(folder, "ca.pem"),
  /** A broker's key and certificate. */
  broker: join(folder, "broker.pem"),
  client: join(folder, "client.pem"),
  clientKey: join(folder, "client.key"),
} as const;
