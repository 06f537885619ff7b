// Packs every published package, built, as npm would publish it: npm run pack:all -- FOLDER
import { resolve } from "node:path";
import { packAll } from "./published.ts";

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error("usage: npm run pack:all -- FOLDER");
  process.exitCode = 2;
} else {
  const target = resolve(given);
  await packAll(target, async ({ name, filename }) => console.log(`${name}  ${filename}`));
}
