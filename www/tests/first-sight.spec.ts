/** What a visitor sees who knows nothing of the page, and what it does without being asked. */
import { expect, test } from "@playwright/test";
import { Visitor } from "./support.ts";

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
