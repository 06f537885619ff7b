import type { Reading } from "../model/document.js";
import type { Sorted } from "../model/opaque.js";
import { follow } from "../refs/resolve.js";
import { entry, text } from "../source/tree.js";

// The expression that semver.org suggests.
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

const noneThere = {
  message: "the document has no Kafka channel, so there is nothing to generate",
  fix: "add a channel with a Kafka binding, or a server whose protocol is kafka",
};

const noneGenerated = {
  message: "none of the document's Kafka channels can be generated, so there is nothing to generate",
  fix: "change one so that it can be: each has a finding that says why it cannot",
};

/** Checks what is said about the document as a whole. */
export const checkInfo = ({ files, root, reporter }: Reading, { generated, opaque }: Sorted): void => {
  const at = entry(follow(files, root, "info"), "version");
  const version = text(at);
  if (at && version !== null && !semver.test(version)) {
    reporter.report("version-semver", at.position, {
      message: `the version ${JSON.stringify(version)} is not a valid semantic version, so generated packages get 0.0.0`,
      fix: "write it as MAJOR.MINOR.PATCH, e.g. 1.0.0",
    });
  }
  if (generated.length > 0) return;
  reporter.report("kafka-missing", (entry(root, "channels") ?? root).label, {
    ...(opaque.length > 0 ? noneGenerated : noneThere),
  });
};
