import { type Module, moduleSchema } from "@student-events/events";

/** The modules in teaching order, as the contract lists them. */
export const curriculum: readonly Module[] = moduleSchema.options;
