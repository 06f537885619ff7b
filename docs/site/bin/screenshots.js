import { runFromSource } from "@keyline/tsup-config/run-source";

await runFromSource(new URL("../", import.meta.url), "screenshots", [], { external: ["axe-core", "playwright-core"] });
