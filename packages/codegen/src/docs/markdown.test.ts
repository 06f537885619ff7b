import { expect, test } from "vitest";
import { code, fenced, html, json, paragraphs, plain, prose, table } from "./markdown.js";

test("text keeps its words and loses its meaning as Markdown and HTML", () => {
  expect(plain("<script>alert(1)</script> *a* [b](c) `d` {e}")).toBe(
    "\\<script\\>alert(1)\\</script\\> \\*a\\* \\[b\\](c) \\`d\\` \\{e\\}",
  );
  expect(plain("1. no list")).toBe("1\\. no list");
  expect(plain("- no list")).toBe("\\- no list");
  expect(plain("&lt; is no entity, R&D neither")).toBe("\\&lt; is no entity, R\\&D neither");
  expect(plain(":::note")).toBe("\\:\\:\\:note");
});

test("text is one line without characters that cannot be seen", () => {
  expect(plain("a\r\n\n  b\u2028c")).toBe("a b c");
  expect(plain("a\u0000b\u202ec\ud800")).toBe("a\ufffdb\ufffdc\ufffd");
});

test("code cannot be left by its own backticks", () => {
  expect(code("a`b")).toBe("``a`b``");
  expect(code("``")).toBe("``` `` ```");
  expect(code("")).toBe("(empty)");
});

test("of Markdown a description may have code and paragraphs", () => {
  expect(prose("`student_id` as *text*")).toBe("`student_id` as \\*text\\*");
  expect(paragraphs("One\nline.\n\n  \nAnother `one`.")).toEqual(["One line.", "Another `one`."]);
});

test("a fence is longer than any in its content", () => {
  expect(fenced("ts", "```\nx\n```")).toBe("````ts\n```\nx\n```\n````");
});

test("a cell keeps its pipes", () => {
  expect(table(["a"], [["x|y"], [code("p|q")]])).toEqual(["| a |\n| --- |\n| x\\|y |\n| `p\\|q` |"]);
  expect(table(["a"], [])).toEqual([]);
});

test("HTML holds text alone", () => {
  expect(html("[a](b) `c`")).toBe("[a&#93;(b) &#96;c&#96;");
  expect(html(`<a href="x">'&'</a>\n\n`)).toBe("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
});

test("JSON shows what cannot be seen", () => {
  expect(json({ a: "\u2028\u202e\u007f" })).toBe('{\n  "a": "\\u2028\\u202e\\u007f"\n}');
});
