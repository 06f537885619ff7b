/** The packages of an earlier commit beside those of today. */
export { commitBefore, whyNoBefore } from "./packed/commit.ts";
export { folderOf, installedIn } from "./versions/installed.ts";
export type { Runner, Sender, Transport, Version } from "./versions/version.ts";
