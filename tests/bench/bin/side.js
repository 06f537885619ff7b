import { runFromSource } from "@keyline/tsup-config/run-source";

const external = ["@keyline/upgrade"];
await runFromSource(new URL("../", import.meta.url), "side", process.argv.slice(2), { external });
