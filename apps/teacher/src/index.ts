export { teacher } from "./projection/projection.js";
export type { PageFiles } from "./server/page-files.js";
export { startTeacherPage, type TeacherPage, type TeacherPageOptions } from "./teacher-page.js";
