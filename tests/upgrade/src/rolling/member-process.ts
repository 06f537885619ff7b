// A copy of both apps by the code of one version. Ends in good order at SIGTERM, with code 1 when it cannot go on.
import { installedIn } from "../versions/installed.ts";
import { books, tally } from "../work/projections.ts";
import { doneMessage, type MemberTask, readTask, schema, sessionTimeoutMs, timerMs } from "./task.ts";

const { version: name, folder, brokers, databaseUrl } = readTask<MemberTask>();
const version = await installedIn(name, folder);
const transport = version.kafkaTransport({ brokers, sessionTimeoutMs });
const store = version.postgresStore({ url: databaseUrl, schema });
const runners = [tally({ timerMs }), books()].map((definition) =>
  version.createRunner({ definition: definition as never, transport, store }),
);
process.once("SIGTERM", () => void Promise.all(runners.map((runner) => runner.close())));
process.on("disconnect", () => process.exit(2));
const ended = Promise.all(runners.map((runner) => runner.run()));
ended.catch((error: unknown) => {
  process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
await Promise.all(runners.map((runner) => runner.start()));
process.send?.(doneMessage);
await ended;
await Promise.all([store.close(), transport.close()]);
process.exit(0);
