import { stringify } from "yaml";
import { alerts } from "./alerts.ts";

/** The alert rules, as Prometheus reads them. */
export function rulesFile(): string {
  const rules = alerts.map(({ name, severity, expr, for: holds, summary }) => ({
    alert: name,
    expr,
    ...(holds === "0m" ? {} : { for: holds }),
    labels: { severity },
    annotations: { summary, runbook: `npx keyline explain ${name}` },
  }));
  const head = "# Generated from packages/ops/build/alerts.ts: node packages/ops/build/write.ts\n";
  return head + stringify({ groups: [{ name: "keyline", rules }] }, { lineWidth: 0 });
}
