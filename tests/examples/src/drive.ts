import { join } from "node:path";
import { expect } from "vitest";
import { type Service, startService } from "./service.ts";

const placed = { order_id: 1001, total: 2500 };

/** What never comes is ended by the test's own limit. */
const eventually = { timeout: 60_000 };

async function withService(
  folder: string,
  env: Readonly<Record<string, string>>,
  driven: (service: Service) => Promise<void>,
) {
  const service = await startService(folder, env);
  try {
    await driven(service);
  } finally {
    const code = await service.stop();
    expect([0, 143, "SIGTERM"], service.output()).toContain(code);
  }
}

/**
 * Starts an example and drives it: a request sends, a mistake is refused, and where the service has a consumer, that handles what
 * was sent in order.
 */
export const drive = (
  name: string,
  { folder, env = {} }: { readonly folder: string; readonly env?: Readonly<Record<string, string>> },
): Promise<void> =>
  withService(join(folder, name), env, async ({ request, output }) => {
    expect(await request("POST", "/orders", placed)).toMatchObject({ status: 202 });
    const refused = await request("POST", "/orders", { ...placed, total: "much" });
    expect(refused).toMatchObject({ status: 400, body: expect.stringContaining("total") });
    if (name === "nextjs") return;
    expect(await request("POST", "/orders/1001/payments", { amount: 2500 })).toMatchObject({ status: 202 });
    await expect.poll(output, eventually).toMatch(/order 1001 was placed: 2500[\s\S]*order 1001 was paid: 2500/);
    if (name !== "fastify") return;
    await expect.poll(() => request("GET", "/orders/1001"), eventually).toEqual({ status: 200, body: '{"owed":0}' });
    expect(await request("POST", "/orders", placed)).toMatchObject({ status: 500 });
    expect(await request("GET", "/readyz")).toMatchObject({ status: 200 });
  });
