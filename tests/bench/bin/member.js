import { runFromSource } from "@keyline/tsup-config/run-source";

await runFromSource(new URL("../", import.meta.url), "member", process.argv.slice(2));
