/** What a visitor sees who knows nothing of the page, and what it does without being asked. */
import { expect, test } from "@playwright/test";
import { noise, Visitor } from "./support.ts";

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
  test.describe(`on ${device}`, () => {
    test.use({ viewport });

    test("Enlarge, its status and Download are in sight, wherever the panel is scrolled to", async ({ page }) => {
      await visitor.chooseDemo("Fur");
      for (const part of ["run", "status"]) await expect(visitor.part(part)).toBeInViewport({ ratio: 1 });
      await expect(visitor.part("run")).toHaveClass("primary");
      await visitor.run();
      await visitor.unfold("report");
      for (const place of [".brand", ".folds > .report"]) {
        await page.locator(place).scrollIntoViewIfNeeded();
        for (const part of ["run", "status", "download"]) await expect(visitor.part(part)).toBeInViewport({ ratio: 1 });
      }
      await expect(visitor.part("download")).toHaveClass("primary");
      await expect(visitor.part("run")).not.toHaveClass("primary");
    });
  });
}

test("what few people need is folded, and opens where a link uses it", async () => {
  const folds = visitor.page.locator(".folds > details");
  const open = visitor.page.locator(".folds > details[open]");
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await expect(folds).toHaveCount(6);
  await expect(open).toHaveCount(0);
  await visitor.open("#img=demo:fur&with=bicubic&backend=cpu");
  await visitor.expectState("done");
  await expect(open).toHaveCount(2);
  for (const part of ["rivals", "backend"]) await expect(visitor.part(part)).toBeVisible();
  // Only the visitor closes a section.
  await visitor.page.getByRole("button", { name: "Remove Bicubic" }).click();
  await expect(visitor.part("compare-model")).toBeVisible();
});

test("models have plain names in groups, and their files' names as the detail", async () => {
  const names = (group: string) =>
    visitor.part("model").locator(`optgroup[label="${group}"] > option`).allTextContents();
  expect((await names("For photographs")).map((name) => name.trim())).toEqual([
    "SplitSR ×2 (best)",
    "SplitSR ×2 (balanced)",
    "SplitSR ×2 (fast)",
    "SplitSR ×3 (best)",
    "SplitSR ×4 (best)",
    "SplitSR ×4 (fast)",
  ]);
  const research = await names("For research");
  expect(research).toEqual(expect.arrayContaining(["EDSR ×2", "SplitSR ×2, split ratio 0.125"]));
  await expect(visitor.part("model").locator("option:checked")).toHaveAttribute("title", "splitsr-x2");
  await expect(visitor.page.getByText("splitsr-x2, for ×2")).toBeVisible();
});

test("a network without weights is left by one click, which stands by the reason", async () => {
  await visitor.chooseDemo("Fur");
  await visitor.part("zoom").fill("4");
  await visitor.unfold("network");
  await visitor.part("split-ratio").selectOption("0.125");
  await expect(visitor.part("status")).toHaveText(/^No model has been trained/);
  await expect(visitor.part("run")).toBeDisabled();
  await visitor.part("use-trained").click();
  await expect(visitor.part("model")).toHaveValue("splitsr-x4");
  await expect(visitor.part("use-trained")).toHaveCount(0);
  await expect(visitor.part("run")).toBeEnabled();
  // It is the one that suits the zoom, and goes on to.
  await expect(visitor.part("model-follow")).toHaveCount(0);
  await visitor.part("zoom").fill("3");
  await expect(visitor.part("model")).toHaveValue("splitsr-x3");
});

test("another zoom has a model with the same hyper-parameters, or none", async () => {
  await visitor.chooseDemo("Fur");
  await visitor.unfold("network");
  await visitor.part("zoom").fill("4");
  await visitor.part("split-ratio").selectOption("0.125");
  await expect(visitor.part("run")).toBeDisabled();
  await visitor.part("zoom").fill("2");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2-a0.125");
  await expect(visitor.part("run")).toBeEnabled();
  // It does the next zoom too, in two passes.
  await visitor.part("zoom").fill("4");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2-a0.125");
  await visitor.part("split-ratio").selectOption("0.25");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2");
  await visitor.part("zoom").fill("3");
  await expect(visitor.part("model")).toHaveValue("splitsr-x3");
});

test("a chosen model stays until it is let follow the zoom again", async ({ page }) => {
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.part("zoom").fill("4");
  await expect(visitor.part("model")).toHaveValue("splitsr-tiny-x2");
  await visitor.part("model-follow").click();
  await expect(visitor.part("model")).toHaveValue("splitsr-x4");
  await expect(visitor.part("model-follow")).toHaveCount(0);
  // A reload keeps that.
  await page.reload();
  await visitor.expectState("idle");
  await visitor.part("zoom").fill("2");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2");
});

test.describe("at once", () => {
  test.beforeEach(async ({ page }) => {
    await page.addInitScript(() => localStorage.setItem("at-once", "yes"));
    await page.reload();
    await visitor.expectState("idle");
    await visitor.part("model").selectOption("splitsr-tiny-x2");
  });

  test("a picture is enlarged as it opens, and again when a setting changes", async () => {
    await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 40) });
    await visitor.expectState("done");
    expect(await visitor.resultSize()).toEqual([120, 80]);
    // Of several changes the last one counts.
    for (const zoom of ["3", "4", "5"]) await visitor.part("zoom").fill(zoom);
    await expect.poll(() => visitor.resultSize()).toEqual([300, 200]);
    await visitor.expectState("done");
    await visitor.part("model").selectOption("splitsr-tiny-x4");
    await expect(visitor.part("report")).toContainText("splitsr-tiny-x4");
    await visitor.expectState("done");
    await visitor.unfold("network");
    await visitor.part("model").selectOption("splitsr-x2-a0.5");
    await visitor.part("split-ratio").selectOption("1");
    await expect(visitor.part("report")).toContainText("splitsr-x2-a1");
    await visitor.expectState("done");
    // A click still enlarges.
    await visitor.run();
  });

  test("a change in the midst of a run ends that, and its own result comes", async ({ page }) => {
    await visitor.chooseDemo("Sign");
    await visitor.expectState("working");
    const changed = visitor.actWhen({ selector: "#stage[data-shows=arrival]" }, "model", "splitsr-tiny-x4");
    await visitor.part("zoom").fill("4");
    await changed;
    await visitor.expectState("done", 60_000);
    await expect(visitor.part("report")).toContainText("splitsr-tiny-x4");
    expect(await visitor.resultSize()).toEqual([1920, 1440]);
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "comparison");
  });

  test("what takes long is told and waits for a click, and so does a batch", async () => {
    const large = { name: "large.bmp", mimeType: "image/bmp", buffer: noise(2000, 1500) };
    await visitor.part("model").selectOption("splitsr-x2");
    await visitor.chooseFile(large);
    await expect(visitor.part("status")).toHaveText(/^Ready: .* That takes about [\d.]+ s: press Enlarge\.$/);
    await visitor.expectState("idle");
    const small = { name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 40) };
    await visitor.part("file-input").setInputFiles([small, { ...small, name: "other.bmp" }]);
    await expect(visitor.part("batch").locator("li")).toHaveCount(2);
    await expect(visitor.part("estimate")).toContainText("about");
    await visitor.expectState("idle");
    await expect(visitor.part("status")).toHaveText(/^Ready/);
  });

  test("who wants to be asked first says so once", async ({ page }) => {
    await visitor.unfold("device");
    await visitor.part("at-once").uncheck();
    await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 40) });
    await expect(visitor.part("estimate")).toContainText("about");
    await visitor.expectState("idle");
    expect(await page.evaluate(() => localStorage.getItem("at-once"))).toBe("no");
    await visitor.part("at-once").check();
    await visitor.expectState("done");
  });
});
