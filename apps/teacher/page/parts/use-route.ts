import { useEffect, useState } from "preact/hooks";

/** The address of a student's timeline. What follows `#` never leaves the browser. */
export const studentAddress = (ref: string) => `#student/${ref}`;

const studentOf = () => /^#student\/([\w-]+)$/.exec(location.hash)?.[1] ?? null;

/** The ref of the student whose timeline is open, or null. */
export function useRoute(): string | null {
  const [ref, setRef] = useState(studentOf);
  useEffect(() => {
    const changed = () => setRef(studentOf());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return ref;
}
