import { runFromSource } from "@keyline/tsup-config/run-source";

// It finds its own files by where it lies.
const external = ["@keyline/upgrade"];
await runFromSource(new URL("../", import.meta.url), "main", process.argv.slice(2), { external });
