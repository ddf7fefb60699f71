/** Each awkward picture gives a result or is refused in words; none hangs or breaks the page. */
import { expect, test, type Page } from "@playwright/test";
import {
  colourName,
  decode,
  difference,
  exifCorners,
  expected,
  files,
  original,
  refused,
  shown,
  unlike,
} from "./awkward.ts";
import { awkwardFile, TINY, Visitor } from "./support.ts";

test("there are awkward pictures to test with", () => {
  const named = [refused, unlike, shown].flatMap((table) => Object.keys(table));
  for (const name of named) expect(files).toContain(name);
  const coloured = files.filter((name) => !refused[name] && !name.startsWith("exif_orientation"));
  expect(coloured.filter((name) => !shown[name])).toEqual([]);
});

let page: Page;
let visitor: Visitor;

// One page for all files, as for a visitor: traces that a file leaves would affect the next one.
test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

test.afterAll(() => page.close());

/** Waits until the file is open, and not the one before. */
async function expectOpen(name: string): Promise<void> {
  await expect(page.locator("#panel .about b").first()).toHaveText(name.replace(/\.\w+$/, ""));
  await expect(visitor.part("status")).toHaveText(/^Ready/);
}

for (const name of files) {
  test(name, async () => {
    await visitor.chooseFile(awkwardFile(name));
    const why = refused[name];
    if (why) {
      await visitor.expectState("error");
      await expect(visitor.part("status")).toContainText(why);
      // The page can still be used.
      await visitor.chooseDemo("Fur");
      return;
    }
    await expectOpen(name);
    await visitor.run();
    const { size, transparent, note } = expected(name);
    expect(await visitor.resultSize()).toEqual(size);
    const notes = page.locator("#panel p.about").filter({ hasText: /^Note: / });
    if (note) await expect(notes).toContainText(note);
    else await expect(notes).toHaveCount(0);
    expect((await visitor.minAlpha()) < 255).toBe(transparent);

    const { tolerance, made } = shown[name] ?? {};
    if (tolerance) {
      const picture = await page.evaluate(decode, original(name));
      const result = { width: size[0], rgba: await visitor.resultPixels() };
      expect(difference(result, picture, made)).toBeLessThanOrEqual(tolerance);
    }
    if (name.startsWith("exif_orientation")) {
      for (const [x, y, colour] of exifCorners) expect(colourName(await visitor.resultPixel(x, y))).toBe(colour);
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
