import { type Module, moduleSchema } from "@student-events/events";

/** The modules in teaching order, as the contract lists them: the order in which one event's changes are published. */
export const curriculum: readonly Module[] = moduleSchema.options;
