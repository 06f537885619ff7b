import { KeylineError } from "../errors.js";

/** Throws `options_invalid` for an id that Kafka does not take as one of a static member. */
export function checkInstanceId(doing: string, instanceId: string | undefined): void {
  // Callers without types.
  if (instanceId === undefined || (typeof instanceId === "string" && /^(?!\.\.?$)[\w.-]{1,249}$/.test(instanceId)))
    return;
  throw new KeylineError(
    "options_invalid",
    `${doing}: instanceId ${JSON.stringify(instanceId)} is not a valid id: use letters, digits, ".", "_" and "-", at most 249`,
  );
}
