// Prints the names of the packages that a release publishes, a line each.
import { isReleased } from "./metadata.ts";
import { manifestOf, published } from "./published.ts";

for (const manifest of published.map(manifestOf)) if (isReleased(manifest)) console.log(manifest.name);
