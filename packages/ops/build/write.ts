// Writes what is made from the table of metrics and from the alerts: the table of docs/operations/metrics.md, the dashboard for
// Grafana, the rules for Prometheus. `node packages/ops/build/write.ts --check` writes nothing, and exits with 3 where a file
// is not as it would be written.
import { readFileSync, writeFileSync } from "node:fs";
import { dashboardFile } from "./dashboard.ts";
import { metricsPage } from "./metrics-page.ts";
import { rulesFile } from "./rules.ts";

const root = new URL("../../../", import.meta.url);

const files: Readonly<Record<string, (before: string) => string>> = {
  "docs/operations/metrics.md": metricsPage,
  "packages/ops/files/grafana-dashboard.json": dashboardFile,
  "packages/ops/files/prometheus-rules.yaml": rulesFile,
};

const isCheck = process.argv.includes("--check");
for (const [path, write] of Object.entries(files)) {
  const file = new URL(path, root);
  const before = read(file);
  const after = write(before);
  if (after === before) continue;
  if (!isCheck) writeFileSync(file, after);
  else process.exitCode = 3;
  console.error(isCheck ? `${path} has drifted: run npm run generate:ops` : `wrote ${path}`);
}

function read(file: URL): string {
  try {
    return readFileSync(file, "utf8");
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw caught;
  }
}
