import { perspectiveWords } from "../config.js";
import { flag, listOption, oneOf, option, optionWithDefault, type Parameter } from "./parameters.js";
import { moment, replicas } from "./values.js";

/** The folder that a command writes to. */
export const folderOption = (help: string, initial: string) =>
  optionWithDefault("--out <dir>", help, (text) => text, initial);

/** How a contract of AsyncAPI 2 is read. */
export const perspectiveOption = optionWithDefault(
  "--perspective <name>",
  "for AsyncAPI 2, whose publish and subscribe it has: application or client",
  oneOf(perspectiveWords),
  ({ perspective }) => perspective ?? "application",
);

/** For commands whose exit code depends on findings about the contract. */
export const strictFlag: Parameter<boolean> = {
  ...flag("--strict", "make channels that cannot be generated, and wrong documentation, errors"),
  initial: ({ strict }) => (strict ? "true" : undefined),
};

export const replicasOption = option("--replicas <n>", "replicas of every topic, instead of the contract's", replicas);

/** Which part of which topics a command reads. */
export const range = {
  topics: listOption("--topic <name>", "only this topic; may be given more than once"),
  since: option("--since <time>", "from this time on: 15m, 2h, 3d ago, or a date (default: the logs' start)", moment),
  until: option("--until <time>", "up to this time (default: the logs' end)", moment),
};
