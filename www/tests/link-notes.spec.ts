/** Links without their picture, or with a smaller copy: the page says so. The address follows. */
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
  await expect(panel).toContainText("This one will hold a compressed copy of up to 36 KB, which is less sharp.");
  await expect(visitor.part("pack")).toHaveText("Copy link with a compressed copy");
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
  await expect(receiver.part("status")).toContainText("a compressed copy of the picture, which is less sharp");
  expect(await receiver.resultSize()).toEqual([2 * Number(width), 2 * Number(height)]);
  await receiver.close();

  // Noise does not compress: only a copy of fewer pixels fits.
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(1200, 900) });
  await expect(visitor.part("status")).toHaveText(/^Ready: 1200/);
  await visitor.part("pack").click();
  await expect(panel).toContainText(/a JPEG of [1-4]\d\d × [1-3]\d\d pixels/);
  expect((await visitor.link()).length).toBeLessThan(49_000);
});

test("one click copies the link with one's own picture, and the page says beforehand what it will hold", async ({
  page,
}) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const about = page.locator("#pack-about");
  const link = visitor.part("share-link");
  const copiedNote = visitor.part("link-copied");
  await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 48) });
  await expect(visitor.part("pack")).toHaveText("Copy link with the picture (9 KB)");
  await expect(about).toHaveText("The link will hold your file as it is, including any metadata.");
  await expect(link).toHaveText("Copy link with the settings only");
  await link.click();
  await expect(copiedNote).toHaveText("Link copied, without your picture.");
  expect(await copied()).toBe(await visitor.address());
  expect(await copied()).not.toContain("img=");

  // By keyboard: the button goes away, and the focus is on the link that was copied.
  await visitor.part("pack").press("Enter");
  await expect(copiedNote).toHaveText("Link copied.");
  await expect(link).toBeFocused();
  await expect(visitor.part("pack")).toHaveCount(0);
  expect(await copied()).toContain("img=png:");
  expect(await copied()).toBe(await visitor.address());
  await expect(link).toHaveText("Copy link");
  // That is said until the link is another one.
  await page.waitForTimeout(2500);
  await expect(copiedNote).toHaveText("Link copied.");
  await visitor.part("zoom").fill("3");
  await expect(copiedNote).toBeEmpty();

  // A copy is made first, which takes a while.
  await visitor.chooseFile(fur);
  await expect(about).toHaveText(/This one will hold a compressed copy of up to 36 KB, which is less sharp\.$/);
  await visitor.part("pack").click();
  await expect(copiedNote).toHaveText("Link copied.");
  expect(await copied()).toContain("img=png:");
  expect(await copied()).toBe(await visitor.address());
});

for (const [name, refuse] of [
  ["takes no promise", () => Reflect.deleteProperty(window, "ClipboardItem")],
  ["lets no page copy", () => Reflect.deleteProperty(Navigator.prototype, "clipboard")],
] as const) {
  test(`in a browser that ${name}, one can copy the link`, async ({ page }) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.addInitScript(refuse);
    await visitor.open(TINY);
    await visitor.chooseFile(fur);
    await visitor.expectState("idle");
    await visitor.part("pack").click();
    await expect(page).toHaveURL(/img=png:/);
    const field = visitor.part("link-field");
    if (name === "takes no promise") {
      await expect(visitor.part("link-copied")).toHaveText("Link copied.");
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
      await expect(field).toHaveCount(0);
      return;
    }
    // In a field, which is selected.
    await expect(field).toBeFocused();
    await expect(field).toHaveValue(page.url());
    expect(await field.evaluate((input: HTMLInputElement) => input.selectionEnd)).toBe(page.url().length);
    await visitor.expectState("idle");
  });
}

test("before a click, the page says that a part is too large for a link", async ({ page }) => {
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(600, 400) });
  await visitor.expectState("idle");
  await visitor.tool("region").press("Enter");
  await visitor.expectState("done");
  const panel = page.locator("#panel");
  await expect(visitor.part("pack")).toHaveText("Copy link with a compressed copy");
  await expect(panel).toContainText("This one will hold a compressed copy of up to 36 KB, which is less sharp.");
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

test("while a slider moves the address is not written at each step, which browsers forbid", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await page.evaluate(() => {
    let left = 20;
    const replaceState = history.replaceState.bind(history);
    history.replaceState = (...change) => {
      if (--left < 0) throw new DOMException("too often", "SecurityError");
      replaceState(...change);
    };
  });
  await page.getByRole("slider", { name: "Enlarge by" }).evaluate((slider: HTMLInputElement) => {
    for (let step = 0; step <= 100; step++) {
      slider.value = String(step / 100);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }
    slider.value = "1.585";
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await expect(visitor.part("zoom")).toHaveValue("3");
  await expect(page).toHaveURL(/zoom=3/);
});
