// `node tests/upgrade/src/dump/main.ts`: makes the dump again by the code of before. Its ids and instants are new then.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { commitBefore, repository } from "../packed/commit.ts";
import { installed } from "../versions/installed.ts";
import { writeDump } from "./dump.ts";
import { makeDump } from "./make-dump.ts";

mkdirSync(join(repository, "tests/upgrade/fixtures", commitBefore.slice(0, 7)), { recursive: true });
const { sql, log } = await makeDump(await installed("before"));
writeDump(sql, log);
process.stdout.write(`${log.records.length} records, ${sql.split("\n").length} lines of SQL\n`);
process.exit(0);
