// Sends the events of a run by the code of one version.
import { installedIn } from "../versions/installed.ts";
import { sendRounds } from "../work/sending.ts";
import { doneMessage, type PublisherTask, readTask, sessionTimeoutMs } from "./task.ts";

const { version: name, folder, brokers, ...rounds } = readTask<PublisherTask>();
process.on("disconnect", () => process.exit(2));
const version = await installedIn(name, folder);
const transport = version.kafkaTransport({ brokers, sessionTimeoutMs });
const sender = version.createSender({ transport, source: name });
await sendRounds(sender, rounds);
await sender.close();
await transport.close();
process.send?.(doneMessage);
process.exit(0);
