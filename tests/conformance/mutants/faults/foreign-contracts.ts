import type { Fault } from "../mutant.ts";

const contract = "packages/contract";
const strangers = `${contract}/test/strangers.test.ts`;
const output = "packages/codegen/src/output";

/** A contract of a stranger, as in a pull request, read and wrote files of the machine that checked it, and had no end. */
export const foreignContracts: readonly Fault[] = [
  {
    fault: "a reference reads any file of the machine",
    test: { file: strangers, title: "out of the repository is refused" },
    broughtBack: {
      file: `${contract}/src/source/contract-reader.ts`,
      from: "if (!folders.some((folder) => isBelow(real, folder))) throw new OutsideError();",
      to: "",
    },
  },
  {
    fault: "a link leads a reference out of the repository",
    test: { file: strangers, title: "out of the repository is refused" },
    broughtBack: {
      file: `${contract}/src/source/contract-reader.ts`,
      from: "const real = await realpath(resolve(cwd, path));",
      to: "const real = (await realpath(resolve(cwd, path))) && resolve(cwd, path);",
    },
  },
  {
    fault: "a reference to a pipe is waited for, for ever",
    test: { file: strangers, title: "to a FIFO, a folder or a large file is refused at once" },
    broughtBack: {
      file: `${contract}/src/source/contract-reader.ts`,
      from: 'if (!(await handle.stat()).isFile()) throw new Error("it is not a regular file");',
      to: "",
    },
  },
  {
    fault: "files of any size are read",
    test: { file: strangers, title: "to many files is refused where they are large together" },
    broughtBack: {
      file: `${contract}/src/source/files.ts`,
      from: "files.size += text.length;",
      to: "",
    },
  },
  {
    fault: "references that double have no end",
    test: { file: strangers, title: "a document that grows when its references are written out" },
    broughtBack: {
      file: `${contract}/src/refs/expansion.ts`,
      from: "if (size > limit) return node;",
      to: "",
    },
  },
  {
    fault: "an example is judged for as long as its pattern takes",
    test: { file: strangers, title: "an example that takes exponential time is told, and so is its pattern" },
    broughtBack: {
      file: `${contract}/src/checks/example.ts`,
      from: "createTimeLimit(limitMs)(() => {",
      to: "((judge: () => void) => judge())(() => {",
    },
  },
  {
    fault: "what stands in the place of a schema is printed, though it may be a secret of another file",
    test: { file: strangers, title: "is told by its place alone" },
    broughtBack: {
      file: `${contract}/src/schemas/registry.ts`,
      from: 'node.kind === "map" || (node.kind === "scalar" && typeof node.value === "boolean");',
      to: 'node.kind === "map" || node.kind === "scalar";',
    },
  },
  {
    fault: "what took all of the time leaves as much to the next",
    test: { file: `${contract}/src/time-limit.test.ts`, title: "an endless loop" },
    broughtBack: {
      file: `${contract}/src/time-limit.ts`,
      from: "leftMs = taken.isOver ? leftMs - taken.ms : 0;",
      to: "leftMs -= taken.isOver ? taken.ms : 0;",
    },
  },
  {
    fault: "a pattern of exponential time passes, and runs in producers and consumers",
    test: { file: `${contract}/src/patterns/cost.test.ts`, title: "takes exponential time" },
    broughtBack: {
      file: `${contract}/src/patterns/cost.ts`,
      from: 'return "exponential";',
      to: 'return "linear";',
    },
  },
  {
    fault: "what is written follows links out of its folder",
    test: { file: `${output}/output.test.ts`, title: "in the place of" },
    broughtBack: {
      file: `${output}/plain-files.ts`,
      from: 'if (entry.isSymbolicLink()) return "link";',
      to: 'if (entry.isSymbolicLink()) return "folder";',
    },
  },
  {
    fault: "files that were not generated are removed",
    test: { file: `${output}/output.test.ts`, title: "what is stale under src/gen goes" },
    broughtBack: {
      file: `${output}/output.ts`,
      from: 'if (isGenerated(present.read(path) ?? ""))',
      to: "if (present.read(path) !== null)",
    },
  },
  {
    fault: "a signal ends a command only when it has computed its answer",
    test: { file: "packages/cli/test/signals.test.ts", title: "ends a command at once, also while it computes" },
    broughtBack: {
      file: "packages/cli/src/main.ts",
      from: "isFirstProcess = process.pid === 1",
      to: "isFirstProcess = true",
    },
  },
  {
    fault: "the frame of a diagnostic steers the terminal",
    test: {
      file: "packages/cli/src/report/frame.test.ts",
      title: "what would steer the terminal is shown as what it is not",
    },
    broughtBack: {
      file: "packages/cli/src/report/frame.ts",
      from: "printable(text.slice(cut, cut + width))",
      to: "text.slice(cut, cut + width)",
    },
  },
];
