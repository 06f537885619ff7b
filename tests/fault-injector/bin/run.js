import { runFromSource } from "@keyline/tsup-config/run-source";

await runFromSource(new URL("../", import.meta.url), "million", process.argv.slice(2));
