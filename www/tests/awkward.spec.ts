/** Each file of the awkward pictures either gives a result or is refused in words; none hangs or breaks the page. */
import { readdirSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { awkwardFile, Visitor } from "./support.ts";

/** Files that must be refused, each with a word of the reason. */
const refused: Record<string, RegExp> = {
  "bad_crc.png": /CRC/i,
  "bad_crc_header.png": /CRC/i,
  "bomb_20000x20000_1bit.png": /20000 . 20000/,
  "bomb_60000x60000.png": /60000 . 60000/,
  "corrupt_data.png": /cannot be decoded/,
  "empty.png": /empty/,
  "only_signature.png": /cut short/,
  "text.png": /it is text/,
  "truncated.jpg": /cut short/,
  "truncated.png": /cut short/,
  "vector.svg": /SVG/,
  "vector_no_size.svg": /SVG/,
  "zero_width.png": /dimensions/,
};

/** Further claims about results; the sizes are those of the files, doubled. */
const expected: Record<string, { size?: [number, number]; transparent?: boolean; note?: RegExp }> = {
  "1x1.png": { size: [2, 2] },
  "1x64.png": { size: [2, 128] },
  "64x1.png": { size: [128, 2] },
  "3000x2.png": { size: [6000, 4] },
  "chroma420.jpg": { size: [318, 238] },
  "animated.gif": { note: /first of 4 frames/ },
  "animated.webp": { note: /first of 4 frames/ },
  "apng.png": { note: /first of 3 frames/ },
  "two_pages_deflate.tif": { note: /first of 2 pages/ },
  "cmyk.jpg": { note: /CMYK/ },
  "display_p3.jpg": { note: /Display P3/ },
  "display_p3.png": { note: /Display P3/ },
  "gamma_1_0.png": { note: /gamma/ },
  "icon.ico": { size: [96, 96], transparent: true, note: /best of 2 sizes/ },
  "rgba16.png": { transparent: true },
  "palette_transparent.png": { transparent: true },
  "rgb_trns.png": { transparent: true },
  "grey_alpha.png": { transparent: true },
  "rgba_hidden_green.png": { transparent: true },
  "transparent.gif": { transparent: true },
  "lossless_alpha.webp": { transparent: true },
};

const files = readdirSync(awkwardFile(".")).filter((name) => name !== "README.md");

test("there are awkward pictures to test with", () => {
  for (const name of [...Object.keys(refused), ...Object.keys(expected)]) expect(files).toContain(name);
});

let page: Page;
let visitor: Visitor;

// One page for all: what a file leaves behind is the next one's trouble, as it is a visitor's.
test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
});

test.afterAll(() => page.close());

/** Waits until the file is open, and not the one before. */
async function expectOpen(name: string): Promise<void> {
  await expect(page.locator("#panel .about b").first()).toHaveText(name.replace(/\.\w+$/, ""), { timeout: 10_000 });
  await expect(visitor.part("status")).toHaveText(/^Ready/, { timeout: 10_000 });
}

for (const name of files) {
  test(name, async () => {
    await visitor.chooseFile(awkwardFile(name));
    const why = refused[name];
    if (why) {
      await visitor.expectState("error", 10_000);
      await expect(visitor.part("status")).toContainText(why);
      // The page is as usable as before.
      await visitor.chooseDemo("Fur");
      return;
    }
    await expectOpen(name);
    await visitor.run();
    const { size, transparent, note } = expected[name] ?? {};
    const [width, height] = await visitor.resultSize();
    if (size) expect([width, height]).toEqual(size);
    if (note) await expect(page.locator("#panel")).toContainText(note);
    expect((await visitor.leastAlpha()) < 255).toBe(transparent ?? false);

    if (name.startsWith("exif_orientation")) {
      expect([width, height]).toEqual([96, 64]);
      const corners = [
        [4, 4, "red"],
        [91, 4, "green"],
        [4, 59, "blue"],
        [91, 59, "yellow"],
      ] as const;
      for (const [x, y, colour] of corners) {
        const [red = 0, green = 0, blue = 0] = await visitor.resultPixel(x, y);
        const seen = [red > 128 ? "r" : "", green > 100 ? "g" : "", blue > 128 ? "b" : ""].join("");
        expect(seen, `${colour} corner`).toBe({ red: "r", green: "g", blue: "b", yellow: "rg" }[colour]);
      }
    }
  });
}

test("nothing green comes out from under a transparent surrounding", async () => {
  await visitor.chooseFile(awkwardFile("rgba_hidden_green.png"));
  await expectOpen("rgba_hidden_green.png");
  await visitor.run();
  const fringe = await visitor.part("result").evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let count = 0;
    for (let index = 0; index < data.length; index += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(index, index + 4);
      // Below an alpha of 32 the canvas's premultiplied bytes say little about the colour.
      if (alpha >= 32 && green > 200 && red < 80 && blue < 80) count++;
    }
    return count;
  });
  expect(fringe).toBe(0);
});
