const { filesForTemplate, prepareOutput, removeStale } = require("@keyline/codegen");

module.exports = {
  /** The generator makes no folders for the files that it writes, and follows links; it asks nothing before functions go. */
  "generate:before": async ({ asyncapi, templateParams, targetDir }) => {
    const generated = await filesForTemplate(asyncapi, templateParams);
    await prepareOutput(targetDir, generated, { allowRemoved: String(templateParams.allowRemoved) === "true" });
  },
  "generate:after": async ({ asyncapi, templateParams, targetDir }) => {
    await removeStale(targetDir, await filesForTemplate(asyncapi, templateParams));
  },
};
