import { listOption, option } from "./parameters.js";
import { moment } from "./values.js";

/** Which part of which topics a command reads. */
export const range = {
  topics: listOption("--topic <name>", "this topic alone; may be given more than once"),
  since: option("--since <time>", "from this time on: 15m, 2h, 3d ago, or a date (default: the logs' start)", moment),
  until: option("--until <time>", "up to this time (default: the logs' end)", moment),
};
