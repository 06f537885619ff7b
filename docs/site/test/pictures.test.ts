import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { characterWidth, drawPicture, type Picture, record, type Shape, width } from "../src/pictures/draw.js";
import { inlineDrawings, withPictures } from "../src/pictures/place.js";
import { pictures } from "../src/pictures/promises.js";

const page = (path: string, body: string) => ({ path, title: path, body });
const lengthOf = (text: string) => text.length * characterWidth;

/** Where a shape begins and ends: left, top, right, bottom. */
function extentOf(shape: Shape): readonly [number, number, number, number] {
  if (shape.kind === "arrow") {
    const [[x1, y1], [x2, y2]] = [shape.from, shape.to];
    return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
  }
  const [x, y] = shape.at;
  if (shape.kind === "text") return [x, y - 7, x + lengthOf(shape.text), y + 7];
  if (shape.kind === "log") return [x, y - 17, x + shape.records.length * record.width, y + record.height];
  return [x, y, x + shape.size[0], y + shape.size[1]];
}

/** Texts that are wider than what they stand in. */
function overfull(shape: Shape): readonly string[] {
  if (shape.kind === "log") return shape.records.map(([text]) => text).filter((text) => lengthOf(text) > record.width);
  if (shape.kind === "box") return shape.lines.filter((line) => lengthOf(line) > shape.size[0] - 4);
  return shape.kind === "area" && lengthOf(shape.name) > shape.size[0] - 20 ? [shape.name] : [];
}

test("every promise has a picture, and words for those who do not see it", () => {
  const pages = readdirSync(join(import.meta.dirname, "../../promises")).filter((file) => file !== "README.md");
  expect(Object.keys(pictures).sort()).toEqual(pages.map((file) => `promises/${file}`).sort());
  for (const { says } of Object.values(pictures)) expect(says).toMatch(/^[A-Z][^"[\]]{80,}\.$/);
});

test.each(Object.entries(pictures))("%s: everything lies in the picture, and texts in their frames", (_, picture) => {
  const outside = picture.shapes.filter((shape) => {
    const [left, top, right, bottom] = extentOf(shape);
    return left < 0 || top < 0 || right > width || bottom > picture.height;
  });
  expect(outside).toEqual([]);
  expect(picture.shapes.flatMap(overfull)).toEqual([]);
});

test("a picture is drawn from its shapes, with text as text", () => {
  const picture: Picture = {
    height: 100,
    says: 'A "log"',
    shapes: [
      { kind: "log", at: [10, 20], name: "a<b", records: [["1"], ["2", "own"]] },
      { kind: "arrow", from: [10, 80], to: [10, 60], isStopped: true },
    ],
  };
  const svg = drawPicture(picture);
  expect(svg).toContain('viewBox="0 0 480 100" role="img" aria-label="A &quot;log&quot;"');
  expect(svg).toContain(">a&lt;b</text>");
  expect(svg).toContain('<g class="own"><rect x="54" y="20" width="44" height="30" rx="0"/>');
  expect(svg).toContain('transform="translate(10 60) rotate(-90)"');
});

test("a picture comes behind the first paragraph, as a file, and into the page", () => {
  const picture: Picture = { height: 10, says: "It says.", shapes: [] };
  const section = { pages: [page("a/b.md", "First.\n\nSecond."), page("c.md", "Other.")], assets: [] };
  const { pages, assets } = withPictures(section, { "a/b.md": picture });
  expect(pages.map(({ body }) => body)).toEqual(["First.\n\n![It says.](b.svg)\n\nSecond.", "Other."]);
  expect(assets).toEqual([{ path: "a/b.svg", content: drawPicture(picture) }]);
  const [shown] = inlineDrawings(pages, assets);
  expect(shown?.body).toBe(`First.\n\n<div class="drawing">${drawPicture(picture).trim()}</div>\n\nSecond.`);
  expect(() => withPictures(section, { "a/gone.md": picture })).toThrow("a/gone.md");
});
