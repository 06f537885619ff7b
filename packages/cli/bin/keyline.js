#!/usr/bin/env node
// Starts the command. Works right after an install, before anything was built, and under an older Node too: it finds
// the Node that the workspace brings along. Nothing but the command itself writes to stdout.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import v8 from "node:v8";

const root = fileURLToPath(new URL("..", import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/** The Node of the nearest node_modules. */
function findNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  for (let folder = root; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", "node", "bin", name);
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) return null;
  }
}

function startAgain(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, KEYLINE_NODE: node },
  });
  // The terminal sends the signal to the child too; this process only waits for what comes of it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => fail(error.message));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

function fail(reason) {
  process.stderr.write(`keyline: ${reason}\n`);
  process.exit(1);
}

const isOld = major < 22 || (major === 22 && minor < 18);
const node = isOld && !process.env.KEYLINE_NODE ? findNode() : null;
if (node !== null) {
  startAgain(node);
} else if (isOld) {
  fail(`Node ${process.versions.node} is too old: use 22.18 or later`);
} else {
  try {
    // Compiling what is loaded takes a third of the time of a small contract: Node keeps it in the folder of temporary files. It
    // takes 11 MB as well, which commands that read whole logs for minutes have a better use for. What these read is garbage a
    // moment later: a young generation that stays small takes a quarter less memory, and no more time.
    if (["audit", "skew", "trace"].includes(process.argv[2] ?? ""))
      v8.setFlagsFromString("--semi-space-growth-factor=1");
    else module.enableCompileCache();
    // Published packages come built; in the workspace the sources are bundled, so that they are never behind. Tests that run after
    // a build ask for that one.
    const isBundled = existsSync(join(root, "bin", "bundle.js")) && !process.env.KEYLINE_BUILT;
    const entry = isBundled ? await (await import("./bundle.js")).bundle(root) : join(root, "dist", "index.js");
    const { run } = await import(pathToFileURL(entry).href);
    await run(process.argv.slice(2));
  } catch (error) {
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
