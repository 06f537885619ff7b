import type { CodeSubmitted } from "@student-events/events";

/** A module with its exercises, as far as the classroom reports on them. */
export interface Module<Name extends ModuleName = ModuleName> {
  readonly name: Name;
  readonly exercises: readonly Exercise[];
  readonly questions: readonly [string, ...string[]];
}

/** One of the eight modules, as the contract names them. */
export type ModuleName = CodeSubmitted["payload"]["module"];

export interface Exercise {
  readonly id: number;
  readonly title: string;
  readonly difficulty: "easy" | "medium" | "hard";
}

const module = <Name extends ModuleName>(
  name: Name,
  firstId: number,
  titles: readonly [string, string, string, string, string],
  questions: Module["questions"],
): Module<Name> => {
  const difficulty = (index: number) => (index < 2 ? "easy" : index < 4 ? "medium" : "hard");
  const exercises = titles.map(
    (title, index) => ({ id: firstId + index, title, difficulty: difficulty(index) }) as const,
  );
  return { name, exercises, questions };
};

/** The eight modules in teaching order, five exercises each. */
export const curriculum: readonly [Module, Module<"control-flow">, ...Module[]] = [
  module(
    "basics",
    101,
    ["Hello, world", "Two numbers", "Celsius", "Initials", "Change for a purchase"],
    ["What is the difference between print and return?", "Why is 0.1 + 0.2 not 0.3?"],
  ),
  module(
    "control-flow",
    201,
    ["Even or odd", "FizzBuzz", "Prime numbers with a for loop", "Guess it", "Collatz"],
    ["How do I leave a for loop early?", "When is while better than for?"],
  ),
  module(
    "data-structures",
    301,
    ["Shopping list", "Phone book", "Anagrams", "Set of friends", "Matrix"],
    ["Is a tuple just a list that cannot change?", "How do I sort a dict by value?"],
  ),
  module(
    "functions",
    401,
    ["Greeter", "Average", "Compose", "Memoise", "Decorator"],
    ["What does *args mean?", "Why does my default list keep its items?"],
  ),
  module(
    "oop",
    501,
    ["Your first class", "Bank account", "Shapes", "Deck of cards", "Plugin"],
    ["What is self?", "When do I need super()?"],
  ),
  module(
    "files",
    601,
    ["Count lines", "CSV totals", "Log filter", "JSON settings", "Duplicate finder"],
    ["Why do people write with open?", "What is an encoding?"],
  ),
  module(
    "errors",
    701,
    ["Safe division", "Retry", "Own exception", "Clean-up", "Tracebacks"],
    ["Should I catch Exception?", "What is finally for?"],
  ),
  module(
    "libraries",
    801,
    ["Random walk", "Dates", "Regex", "HTTP status", "Plot"],
    ["How do I install a package?", "What is a virtual environment?"],
  ),
];
