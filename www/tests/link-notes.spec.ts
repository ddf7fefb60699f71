/** Links without their picture, or with a smaller copy of it: the page says so. */
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { newcomer, visit } from "./linking.ts";
import { dataFolder, noise, TINY, type Visitor } from "./support.ts";

const fur = join(dataFolder, "demo/fur.png");

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = await visit(page);
});

test("a picture that is too large for a link is in it as a smaller copy, which the page says before", async ({
  browser,
  page,
}) => {
  await visitor.chooseFile(fur);
  await visitor.expectState("idle");
  await visitor.run();
  const panel = page.locator("#panel");
  await expect(panel).toContainText("A link holds up to 36 KB. Your picture is larger, but a compressed copy fits.");
  await expect(visitor.part("pack")).toHaveText("Include a compressed copy in the link");
  await visitor.part("pack").click();
  await expect(panel).toContainText(
    /a compressed copy of your picture: a JPEG of \d+ × \d+ pixels\. It is \d+ KB long/,
  );
  const [, width, height] = /a JPEG of (\d+) × (\d+) pixels/.exec(await panel.innerText()) ?? [];
  // A hash would be that of the picture itself.
  await visitor.part("verify").click();
  await expect(visitor.part("verdict")).toHaveText(/./);
  const link = await visitor.link();
  expect(link).toMatch(/^#img=png:(?!.*(part|view|sum)=)/);
  expect(link.length).toBeLessThan(49_000);

  const receiver = await newcomer(browser);
  await receiver.open(link);
  await receiver.expectState("done");
  await expect(receiver.page.locator("#panel")).toContainText(`${width} × ${height} pixels`);
  expect(await receiver.resultSize()).toEqual([2 * Number(width), 2 * Number(height)]);
  await receiver.close();

  // Noise does not compress: only a copy of fewer pixels fits.
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(1200, 900) });
  await expect(visitor.part("status")).toHaveText(/^Ready: 1200/);
  await visitor.part("pack").click();
  await expect(panel).toContainText(/a JPEG of [1-4]\d\d × [1-3]\d\d pixels/);
  expect((await visitor.link()).length).toBeLessThan(49_000);
});

test("before a click, the page says that a part is too large for a link", async ({ page }) => {
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(600, 400) });
  await visitor.expectState("idle");
  await visitor.tool("region").press("Enter");
  await visitor.expectState("done");
  const panel = page.locator("#panel");
  await expect(visitor.part("pack")).toHaveText("Include a compressed copy in the link");
  await expect(panel).toContainText("A link holds up to 36 KB. Your picture is larger, but a compressed copy fits.");
  await visitor.part("pack").click();
  await expect(panel).toContainText(/a compressed copy of your picture: a JPEG of \d+ × \d+ pixels/);
});

test("a link to settings says that its picture is missing, also if it is opened in a page that has one", async ({
  page,
}) => {
  const note = visitor.part("lacks-picture");
  await page.evaluate(() => (location.hash = "#zoom=3"));
  await expect(note).toBeVisible();
  await visitor.open(TINY);
  await visitor.chooseDemo("Fur");
  await expect(note).toHaveCount(0);
  await page.evaluate(() => (location.hash = "#model=splitsr-tiny-x2&zoom=1.5"));
  await expect(visitor.part("zoom")).toHaveValue("1.5");
  await expect(note).toBeVisible();
  await visitor.chooseDemo("Sign");
  await expect(note).toHaveCount(0);
});
