import type { TopicDescriptor } from "./descriptor.js";
import { KeylineError } from "./errors.js";

/** The address of a topic with its parameters filled in. */
export function addressOf(topic: TopicDescriptor, parameters: Readonly<Record<string, string>>): string {
  return topic.parameters.reduce((address, name) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined || !/^[a-zA-Z0-9._-]+$/.test(value)) {
      throw new KeylineError(
        "options_invalid",
        `cannot address ${topic.address}: parameter ${name} must be text of letters, digits, '.', '_' and '-'`,
      );
    }
    return address.replaceAll(`{${name}}`, () => value);
  }, topic.address);
}
