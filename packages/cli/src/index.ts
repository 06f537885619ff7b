export { exitCodes } from "./exit-codes.js";
export type { Io } from "./io.js";
export { main, run } from "./main.js";
