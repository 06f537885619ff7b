/**
 * How a process of the memory cluster ends without a farewell. Invariant: once `isDead` no call of the process returns, so
 * nothing that it still computes changes anything; before that `keepsPublished` may be set, from when on it publishes and
 * does not get to note that it has.
 */
export interface Life {
  keepsPublished: boolean;
  isDead: boolean;
}

const never = () => new Promise<never>(() => undefined);

/** The same object, whose calls return as long as the process lives. What it creates is mortal too. */
export function mortal<T extends object>(target: T, life: Life, hangs: (call: string, args: unknown[]) => boolean): T {
  return new Proxy(target, {
    get(inner, name) {
      const member: unknown = Reflect.get(inner, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (life.isDead || hangs(String(name), args)) return never();
        const result: unknown = Reflect.apply(member, inner, args);
        if (result instanceof Promise) return result.finally(() => (life.isDead ? never() : undefined));
        const isMade = String(name).startsWith("create") && typeof result === "object" && result !== null;
        return isMade ? mortal(result, life, hangs) : result;
      };
    },
  });
}
