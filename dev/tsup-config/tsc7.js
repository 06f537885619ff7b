#!/usr/bin/env node
// The native compiler, several times as fast. TypeScript 6 stays the one with an API, which tsup and tests call.
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(fileURLToPath(import.meta.resolve("typescript/package.json")));
await import(pathToFileURL(join(root, "bin/tsc")).href);
