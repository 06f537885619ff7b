export { type ClassroomOptions, classroomEvents } from "./classroom.js";
export { type ClassroomClock, createClassroomClock } from "./clock.js";
export type { PlannedEvent } from "./planned.js";
export { numberHeader, type PlayOptions, play, type Send } from "./play.js";
export { firstStudentId, secondStudentId } from "./script.js";
