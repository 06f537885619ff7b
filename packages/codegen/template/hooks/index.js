const { mkdir } = require("node:fs/promises");
const { join } = require("node:path");
const { filesForTemplate, outputFolders, removeStale } = require("@keyline/codegen");

module.exports = {
  /** The generator makes no folders for the files that it writes. */
  "generate:before": async ({ asyncapi, templateParams, targetDir }) => {
    for (const folder of outputFolders(await filesForTemplate(asyncapi, templateParams))) {
      await mkdir(join(targetDir, folder), { recursive: true });
    }
  },
  "generate:after": async ({ asyncapi, templateParams, targetDir }) => {
    await removeStale(targetDir, await filesForTemplate(asyncapi, templateParams));
  },
};
