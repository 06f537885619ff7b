import { runFromSource } from "@keyline/tsup-config/run-source";

// The one finds its own files by where it lies, the other is CommonJS.
const external = ["@keyline/upgrade", "pg-transactional-outbox"];
await runFromSource(new URL("../", import.meta.url), "main", process.argv.slice(2), { external });
