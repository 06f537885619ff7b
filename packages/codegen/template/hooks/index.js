const { filesForTemplate, prepareOutput, removeStale } = require("@keyline/codegen");

module.exports = {
  /** The generator makes no folders for the files that it writes, and follows links. */
  "generate:before": async ({ asyncapi, templateParams, targetDir }) => {
    await prepareOutput(targetDir, await filesForTemplate(asyncapi, templateParams));
  },
  "generate:after": async ({ asyncapi, templateParams, targetDir }) => {
    await removeStale(targetDir, await filesForTemplate(asyncapi, templateParams));
  },
};
