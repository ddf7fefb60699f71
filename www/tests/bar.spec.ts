/** The bar that is always in sight: its buttons stay where they are, and do what was meant. */
import { expect, test } from "@playwright/test";
import { holdAfterFirstPart, Visitor } from "./support.ts";
import { boxOf } from "./viewing.ts";

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
});

for (const [device, viewport] of [
  ["a laptop", { width: 1366, height: 768 }],
  ["a phone", { width: 390, height: 844 }],
] as const) {
  test(`on ${device}, Enlarge and Download have places of their own, and Cancel has that of Enlarge`, async ({
    page,
  }) => {
    await page.setViewportSize(viewport);
    await visitor.chooseDemo("Fur");
    const [run, download] = [await boxOf(visitor.part("run")), await boxOf(visitor.part("download"))];
    await expect(visitor.part("download")).toBeDisabled();
    expect(download.x).toBeGreaterThanOrEqual(run.x + run.width);
    const release = await holdAfterFirstPart(page);
    // The second click of a double click cancels nothing.
    await visitor.part("run").dblclick();
    await visitor.expectState("working");
    for (const part of ["cancel", "progress"]) await expect(visitor.part(part)).toBeInViewport({ ratio: 1 });
    await expect(visitor.part("run")).toHaveCount(0);
    expect(await boxOf(visitor.part("cancel"))).toEqual(run);
    expect(await boxOf(visitor.part("download"))).toEqual(download);
    await release();
    await visitor.expectState("done");
    await expect(visitor.part("download").locator("small")).toHaveText(/KB$/);
    await expect(visitor.part("download")).toHaveClass("primary");
    expect(await boxOf(visitor.part("run"))).toEqual(run);
    expect(await boxOf(visitor.part("download"))).toEqual(download);
    await expect(visitor.part("progress")).toHaveCount(0);
  });
}

test("Cancel works at once", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  const release = await holdAfterFirstPart(page);
  await page.evaluate(async () => {
    const find = (testId: string) => document.querySelector<HTMLElement>(`[data-testid=${testId}]`);
    find("run")?.click();
    await Promise.resolve();
    // As a mouse does at the same moment.
    find("cancel")?.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
  });
  await expect(visitor.part("status")).toHaveText("Cancelled.");
  await release();
});

test("a key that is held down does not cancel what it has begun", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  const release = await holdAfterFirstPart(page);
  await visitor.part("run").focus();
  await page.keyboard.down("Enter");
  await visitor.expectState("working");
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await visitor.expectState("working");
  // Pressed again, it does.
  await page.keyboard.press("Enter");
  await expect(visitor.part("status")).toHaveText("Cancelled.");
  await expect(visitor.part("run")).toBeFocused();
  await release();
});
