export { exitCodes } from "./command/outcome.js";
export type { Io } from "./io.js";
export { main, run } from "./main.js";
