import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether a Docker daemon answers, not only its client. */
export const hasDocker = (): Promise<boolean> =>
  run("docker", ["info", "--format", "{{.ServerVersion}}"], { timeout: 20_000 }).then(
    () => true,
    () => false,
  );
