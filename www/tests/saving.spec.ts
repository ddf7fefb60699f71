/** The result as a file: its size before it is saved, and handing it to other apps. */
import { expect, test, type Page } from "@playwright/test";
import { noise, TINY, Visitor } from "./support.ts";

declare global {
  interface Window {
    /** Names, types and sizes of the files that the page has shared. */
    shared: [name: string, type: string, size: number][];
    /** The name of the error that the next sharing ends with; empty: none. */
    refuses: string;
  }
}

/** A browser that hands files to other apps. */
function hasShare(): void {
  window.shared = [];
  window.refuses = "";
  const canShare = ({ files = [] }: ShareData) => files.every(({ type }) => type.startsWith("image/"));
  const share = ({ files = [] }: ShareData) => {
    const name = window.refuses;
    window.refuses = "";
    if (name) return Promise.reject(new DOMException("refused", name));
    window.shared.push(...files.map(({ name, type, size }): [string, string, number] => [name, type, size]));
    return Promise.resolve();
  };
  Object.assign(navigator, { canShare, share });
}

async function openSmall(page: Page): Promise<Visitor> {
  const visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
  await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(40, 30) });
  await visitor.expectState("idle");
  await visitor.run();
  return visitor;
}

test("Download tells the size of the file that it saves, in each format", async ({ page }) => {
  const visitor = await openSmall(page);
  const sizes: number[] = [];
  for (const format of ["PNG", "JPEG"]) {
    await visitor.chooseFormat(format);
    const name = format === "PNG" ? "PNG" : "JPG";
    await expect(visitor.part("download")).toHaveText(RegExp(`Download ${name}\\s+\\d+ KB`));
    const text = await visitor.part("download").locator("small").innerText();
    const { bytes } = await visitor.save();
    expect(text).toBe(`${Math.ceil(bytes.length / 1000)} KB`);
    sizes.push(bytes.length);
  }
  expect(sizes[1]).toBeLessThan(sizes[0] ?? 0);

  // Another result has another size, which is not known at once.
  const before = await visitor.part("download").innerText();
  await visitor.part("zoom").fill("3");
  await visitor.run();
  await expect(visitor.part("download").locator("small")).toHaveText(/KB$/);
  expect(await visitor.part("download").innerText()).not.toBe(before);
});

test("a quality that is being typed stays when the size becomes known", async ({ page }) => {
  const visitor = await openSmall(page);
  await visitor.chooseFormat("JPEG");
  await visitor.part("file-quality").fill("7");
  await expect(visitor.part("download").locator("small")).toHaveText(/KB$/);
  await visitor.part("file-quality").press("End");
  await visitor.part("file-quality").press("1");
  await visitor.part("file-quality").press("Enter");
  await expect(visitor.part("file-quality")).toHaveValue("71");
  await expect(page).toHaveURL(/as=jpg,71/);
});

test("a large result's size is known once it was saved", async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open(`${TINY}&zoom=1`);
  await visitor.expectState("idle");
  await visitor.chooseFile({ name: "large.bmp", mimeType: "image/bmp", buffer: noise(2100, 2000) });
  await visitor.expectState("idle");
  await visitor.run();
  const { bytes } = await visitor.save();
  await expect(visitor.part("download")).toHaveText(RegExp(`${(bytes.length / 1e6).toFixed(1)} MB`));
});

test("while the page works, all buttons fit into the bar, in each language", async ({ page }) => {
  await page.addInitScript(hasShare);
  const visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await visitor.unfold("score");
  for (const language of ["en", "de", "ko"]) {
    await visitor.part("language").selectOption(language);
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await visitor.part("score-run").click();
    await visitor.expectState("working");
    for (const part of ["cancel", "download", "share"]) await expect(visitor.part(part)).toBeVisible();
    const [wide, panel] = await page
      .locator("#panel")
      .evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
    expect(wide, language).toBe(panel);
    await visitor.part("cancel").click();
  }
});

test("where the browser cannot share files there is no button for that", async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "canShare"));
  const visitor = await openSmall(page);
  await expect(visitor.part("download")).toBeVisible();
  await expect(visitor.part("share")).toHaveCount(0);
});

test("Share hands the file to other apps, and takes a refusal calmly", async ({ page }) => {
  await page.addInitScript(hasShare);
  const visitor = await openSmall(page);
  const shared = () => page.evaluate(() => window.shared);
  const refuse = (name: string) => page.evaluate((name) => void (window.refuses = name), name);
  const status = visitor.part("status");
  const said = await status.innerText();

  // The visitor closes the system's list of apps.
  await refuse("AbortError");
  await visitor.part("share").click();
  await expect.poll(() => page.evaluate(() => window.refuses)).toBe("");
  await expect(status).toHaveText(said);
  expect(await shared()).toEqual([]);

  // The click was too long ago when the file was ready.
  await refuse("NotAllowedError");
  await visitor.part("share").click();
  await expect(status).toHaveText("The file is ready now. Press Share again.");

  await refuse("DataError");
  await visitor.part("share").click();
  await visitor.expectState("error");

  await visitor.part("share").click();
  const { name, bytes } = await visitor.save();
  expect(await shared()).toEqual([[name, "image/png", bytes.length]]);
});
