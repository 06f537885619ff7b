import { userInfo } from "node:os";

/** The user's name, or the number of a user without one, such as a container may have. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}
