/** Starts a browser, for tests and pictures: the machine's own, or one from npm. */
export { startBrowser } from "./start-browser.ts";
