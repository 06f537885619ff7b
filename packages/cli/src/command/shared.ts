import { listOption, option, optionWithDefault, type Parameter } from "./parameters.js";
import { moment, replicas } from "./values.js";

/** The folder that a command writes to. */
export const folderOption = (help: string, initial: Parameter<string>["initial"] & {}) =>
  optionWithDefault("--out <dir>", help, (text) => text, initial);

export const replicasOption = option(
  "--replicas <n>",
  "replicas of every topic, whatever the contract says, for a small cluster",
  replicas,
);

/** Which part of which topics a command reads. */
export const range = {
  topics: listOption("--topic <name>", "this topic alone; may be given more than once"),
  since: option("--since <time>", "from this time on: 15m, 2h, 3d ago, or a date (default: the logs' start)", moment),
  until: option("--until <time>", "up to this time (default: the logs' end)", moment),
};
