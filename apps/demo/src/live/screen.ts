import type { WriteStream } from "node:tty";
import { alertLine, type Picture, progressLine, renderScreen } from "./render.js";

/** Shows the class while it goes on. */
export interface Screen {
  show(picture: Picture, isLast?: boolean): void;
  /** Leaves the last picture where it is. */
  end(): void;
}

/** Redraws the picture in place on a terminal; writes a line a second, and one for each alert, anywhere else. */
export function createScreen(output: NodeJS.WriteStream): Screen {
  return output.isTTY ? createTerminalScreen(output) : createPlainScreen(output);
}

export function usesColours(output: NodeJS.WriteStream): boolean {
  return output.isTTY === true && output.hasColors() && !process.env.NO_COLOR;
}

function createTerminalScreen(output: WriteStream): Screen {
  // Invariant: `drawn` is the number of lines of the picture above the cursor.
  let drawn = 0;
  return {
    show(picture) {
      const lines = renderScreen(picture);
      if (drawn > 0) output.write(`\x1b[${drawn}A`);
      output.write(lines.map((line) => `\x1b[2K${line}\n`).join(""));
      drawn = lines.length;
    },
    end() {
      drawn = 0;
    },
  };
}

const linesEveryMs = 1000;

function createPlainScreen(output: NodeJS.WritableStream): Screen {
  // Invariant: the first `alerts` alerts have a line, and the next line of progress is due at `nextMs`.
  let alerts = 0;
  let nextMs = 0;
  return {
    show(picture, isLast) {
      for (const alert of picture.model.alerts.slice(alerts)) output.write(`${alertLine(alert, picture.colours)}\n`);
      alerts = picture.model.alerts.length;
      if (picture.elapsedMs < nextMs && !isLast) return;
      nextMs = picture.elapsedMs + linesEveryMs;
      output.write(`${progressLine(picture)}\n`);
    },
    end() {},
  };
}
