import { expect, test } from "vitest";
import { fitPage } from "./fit-page.js";

const page = `# a-rule

**It holds.** An error that
stops.

- one item that is
  longer than a line
- two

| a table that is | wider than the width |
| --------------- | -------------------- |

\`\`\`yaml
a: a line of code that stays as it is # whatever its length
b: 1
\`\`\`
`;

test("paragraphs and lists get the width, code and tables stay", () => {
  expect(fitPage(page, 20)).toBe(`# a-rule

**It holds.** An
error that stops.

- one item that is
  longer than a line
- two

| a table that is | wider than the width |
| --------------- | -------------------- |

\`\`\`yaml
a: a line of code that stays as it is # whatever its length
b: 1
\`\`\`
`);
  expect(fitPage(page, 200)).toContain(
    "\n**It holds.** An error that stops.\n\n- one item that is longer than a line\n- two\n",
  );
});
