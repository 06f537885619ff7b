// Packs every published package, built, as npm would publish it: npm run pack:all -- FOLDER
import { resolve } from "node:path";
import { packAll } from "./published.ts";

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error("usage: npm run pack:all -- FOLDER");
  process.exitCode = 2;
} else {
  for (const { name, filename } of await packAll(resolve(given))) console.log(`${name}  ${filename}`);
}
