import { runFromSource } from "@keyline/tsup-config/run-source";

const external = ["@asyncapi/parser", "@astrojs/*", "ajv", "ajv-formats", "astro", "typedoc", "typedoc-*", "yaml"];

await runFromSource(new URL("../", import.meta.url), "main", process.argv.slice(2), { external });
