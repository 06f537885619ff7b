import { spawn } from "node:child_process";

/** A command that runs on a terminal. */
export interface OnTerminal {
  /** Resolves with the first match in what it has written. Rejects when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Presses Ctrl-C. */
  interrupt(): void;
  /** Its exit code. */
  readonly exited: Promise<number | null>;
}

/** Runs a command on a terminal of its own, which `script` (util-linux) makes. */
export function runOnTerminal(command: readonly string[]): OnTerminal {
  // In the shell's place: it would take the interrupt for its own.
  const quoted = command.map((part) => `'${part}'`).join(" ");
  const child = spawn("script", ["--quiet", "--flush", "--return", "--command", `exec ${quoted}`, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, TERM: "xterm", SHELL: "/bin/sh" },
  });
  let written = "";
  const waiting = new Set<() => void>();
  child.stdout.on("data", (text) => {
    written += text;
    for (const look of waiting) look();
  });
  const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    exited,
    interrupt: () => void child.stdin.write("\x03"),
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(written);
          if (!match) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        look();
        exited.then(() => reject(new Error(`it ended without ${pattern}: ${written}`)));
      }),
  };
}
