import { runFromSource } from "@keyline/tsup-config/run-source";

const [command, ...args] = process.argv.slice(2);
await runFromSource(new URL("../", import.meta.url), command, args);
