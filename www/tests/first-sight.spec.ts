/** The page as a new visitor sees it, and the work that it starts by itself. */
import { expect, test } from "@playwright/test";
import { noise, Visitor } from "./support.ts";
import { Touch } from "./viewing.ts";

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
});

for (const [device, viewport] of [
  ["a laptop", { width: 1366, height: 768 }],
  ["a phone", { width: 390, height: 844 }],
  ["a phone on its side", { width: 844, height: 390 }],
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
      // The saved file would no longer match the settings.
      await visitor.part("zoom").fill("1.5");
      await expect(visitor.part("run")).toHaveClass("primary");
      await expect(visitor.part("download")).not.toHaveClass("primary");
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
  expect(research).toEqual(expect.arrayContaining(["EDSR ×2", "SplitSR ×2, hybrid index 7"]));
  await expect(visitor.part("model").locator("option:checked")).toHaveAttribute("title", "splitsr-x2");
  await expect(visitor.page.getByText("Chosen automatically, to suit the factor.")).toBeVisible();
});

test("a network without weights is left by one click, which stands by the reason", async () => {
  await visitor.chooseDemo("Fur");
  await visitor.part("zoom").fill("4");
  await visitor.unfold("network");
  const untrained = visitor.part("split-ratio").locator("optgroup[label^='Not trained'] > option");
  await expect(untrained.and(visitor.page.locator("[value='0.125']"))).toHaveCount(1);
  await expect(untrained.filter({ hasText: "✓" })).toHaveCount(0);
  await visitor.part("split-ratio").selectOption("0.125");
  await expect(visitor.part("status")).toHaveText(/^This network has not been trained/);
  await expect(visitor.part("run")).toBeDisabled();
  await visitor.part("use-trained").click();
  await expect(visitor.part("model")).toHaveValue("splitsr-x4");
  await expect(visitor.part("use-trained")).toHaveCount(0);
  await expect(visitor.part("run")).toBeEnabled();
  // It suits the zoom, and keeps following it.
  await expect(visitor.part("model-follow")).toHaveCount(0);
  await visitor.part("zoom").fill("3");
  await expect(visitor.part("model")).toHaveValue("splitsr-x3");
});

test("another zoom has a model with the same hyper-parameters, or none", async () => {
  await visitor.chooseDemo("Fur");
  await visitor.unfold("network");
  await visitor.part("zoom").fill("4");
  await visitor.part("hybrid-index").selectOption("5");
  await expect(visitor.part("run")).toBeDisabled();
  await visitor.part("zoom").fill("2");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2-hi5");
  await expect(visitor.part("run")).toBeEnabled();
  // It can do the next zoom too, in two passes.
  await visitor.part("zoom").fill("4");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2-hi5");
  await visitor.part("hybrid-index").selectOption("3");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2");
  await visitor.part("zoom").fill("3");
  await expect(visitor.part("model")).toHaveValue("splitsr-x3");
});

test("at a zoom with an elastic model, that has the same hyper-parameters where no other has", async () => {
  await visitor.chooseDemo("Fur");
  await visitor.unfold("network");
  await visitor.part("zoom").fill("4");
  await visitor.part("split-ratio").selectOption("0.125");
  await expect(visitor.part("run")).toBeDisabled();
  await visitor.part("zoom").fill("2");
  await expect(visitor.part("model")).toHaveValue("splitsr-elastic-x2");
  await expect(visitor.part("split-ratio")).toHaveValue("0.125");
  await visitor.part("zoom").fill("4");
  await expect(visitor.part("model")).toHaveValue("splitsr-elastic-x2");
  await expect(visitor.part("run")).toBeEnabled();
  await visitor.part("model-follow").click();
  await expect(visitor.part("model")).toHaveValue("splitsr-x4");
});

test("a chosen model stays until it is let follow the zoom again", async ({ page }) => {
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.part("zoom").fill("4");
  await expect(visitor.part("model")).toHaveValue("splitsr-tiny-x2");
  await visitor.part("model-follow").click();
  await expect(visitor.part("model")).toHaveValue("splitsr-x4");
  await expect(visitor.part("model-follow")).toHaveCount(0);
  // A reload keeps that.
  await expect(page).toHaveURL(/model=splitsr-x4/);
  await page.reload();
  await visitor.expectState("idle");
  await visitor.part("zoom").fill("2");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2");
});

test("Enter in the field enlarges, and the focus stays where it was", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.part("zoom").fill("1.5");
  await visitor.part("zoom").press("Enter");
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual([558, 420]);
  await expect(visitor.part("zoom")).toBeFocused();
  await visitor.part("run").focus();
  await page.keyboard.press("Enter");
  await visitor.expectState("working");
  await expect(visitor.part("cancel")).toBeFocused();
  await visitor.expectState("done");
  await expect(visitor.part("run")).toBeFocused();
  const cancelled = visitor.actWhen({ selector: "[data-testid=status][data-state=working]" }, "cancel");
  await page.keyboard.press("Enter");
  await cancelled;
  await expect(visitor.part("status")).toHaveText("Cancelled.");
  await expect(visitor.part("run")).toBeFocused();
});

test("the page says what its numbers are, and that several pictures may be chosen", async () => {
  await expect(visitor.page.locator("#panel")).toContainText("You can choose several at once");
  await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 48) });
  await visitor.run();
  await visitor.unfold("compare");
  await visitor.part("compare-model").selectOption("bicubic");
  await visitor.expectState("done");
  await expect(visitor.part("distance")).toHaveText(
    /^\s*The difference is clearly visible\. Difference from the result: PSNR/,
  );
  // A number beside its name would be taken for its quality.
  await expect(visitor.part("rivals")).toHaveText(/Bicubic\s*The difference is clearly visible\./);
  await expect(visitor.part("rivals")).not.toHaveText(/PSNR|SSIM/);
});

test("scores are of the zoom's scale and begin with the best, and the chosen model is marked", async () => {
  await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 48) });
  await visitor.unfold("score");
  await expect(visitor.part("score-scale")).toHaveValue("2");
  await visitor.part("zoom").fill("3.5");
  await expect(visitor.part("score-scale")).toHaveValue("4");
  // A click waits until the button is enabled; a key does not.
  await expect(visitor.part("score-run")).toBeEnabled();
  await visitor.part("score-run").press("Enter");
  await expect(visitor.part("status")).toHaveText(/^Scored/);
  await expect(visitor.part("score-run")).toBeFocused();
  const rows = visitor.part("score-table").locator("tbody tr");
  const psnr = (await rows.locator("td:nth-child(2)").allTextContents()).map(Number);
  expect(psnr).toHaveLength(6);
  expect(psnr).toEqual(psnr.toSorted((a, b) => b - a));
  await visitor.part("model").selectOption("splitsr-tiny-x4");
  await expect(rows.and(visitor.page.locator("[aria-current=true]"))).toContainText(["SplitSR ×4 (fast)"]);
  // So is its dot in the plot.
  const plot = visitor.part("score-plot");
  const ring = () => plot.locator("circle + path[stroke]").getAttribute("d");
  const fast = await ring();
  await visitor.part("model").selectOption("splitsr-x4");
  await expect(plot.locator("circle + path[stroke]")).toHaveCount(1);
  expect(await ring()).not.toBe(fast);

  // Scores for one scale do not apply to another.
  await visitor.part("zoom").fill("2");
  await expect(visitor.part("score-table")).toHaveCount(0);
  // The visitor's own choice stays.
  await visitor.part("score-scale").selectOption("3");
  await visitor.part("zoom").fill("4");
  await expect(visitor.part("score-scale")).toHaveValue("3");
});

test("scores of a compressed picture come with a warning", async () => {
  await visitor.chooseDemo("Fur");
  await visitor.unfold("score");
  await expect(visitor.part("score-run")).toBeVisible();
  await expect(visitor.part("score-warning")).toHaveCount(0);
  await visitor.chooseDemo("Snapshot");
  await expect(visitor.part("score-warning")).toHaveText(/^\s*This picture is compressed\./);
});

test("a link without a picture says so, where it is copied and where it is opened", async ({ browser, page }) => {
  await page.context().grantPermissions(["clipboard-write"]);
  const small = { name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 48) };
  const lacks = visitor.part("lacks-picture");
  await expect(lacks).toHaveCount(0);
  await visitor.chooseFile(small);
  await visitor.expectState("idle");
  await visitor.part("share-link").click();
  await expect(visitor.part("link-copied")).toHaveText("Link copied, without your picture.");
  await expect(visitor.part("share-link")).toHaveText("Copy link with the settings only");
  const link = await visitor.address();
  // The visitor's own address is no link.
  await page.reload();
  await visitor.expectState("idle");
  await expect(lacks).toHaveCount(0);

  const context = await browser.newContext();
  const other = new Visitor(await context.newPage());
  await other.open(link.slice(link.indexOf("#")));
  await expect(other.part("lacks-picture")).toHaveText(/^\s*This link holds settings, but not the picture\./);
  await other.chooseFile(small);
  await expect(other.part("lacks-picture")).toHaveCount(0);
  await context.close();
  await visitor.chooseDemo("Fur");
  await visitor.part("share-link").click();
  await expect(visitor.part("link-copied")).toHaveText("Link copied.");
});

test("the welcome says what this is, with a picture, to who asks", async () => {
  const picture = visitor.part("what").getByRole("img", { name: "A road sign" });
  await expect(visitor.part("what")).toBeVisible();
  await expect(picture).toBeHidden();
  await visitor.part("what").locator("summary").click();
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(600);
});

test("the usual factors are one click each", async () => {
  const factors = visitor.page.getByRole("group", { name: "Enlarge by" }).getByRole("button");
  await expect(factors).toHaveText([/^\s*×2\s*$/, /^\s*×3\s*$/, /^\s*×4\s*$/]);
  const pressed = factors.and(visitor.page.locator("[aria-pressed=true]"));
  await expect(pressed).toHaveText(/×2/);
  await factors.filter({ hasText: "×4" }).click();
  await expect(visitor.part("zoom")).toHaveValue("4");
  await expect(pressed).toHaveText(/×4/);
  await visitor.part("zoom").fill("2.5");
  await expect(pressed).toHaveCount(0);
});

test("the keyboard comes to one's own pictures before it comes to the examples", async ({ page }) => {
  const choose = page.getByRole("button", { name: "choose one or more files" });
  // Playwright takes a moment to watch for it, and a key takes none.
  const choosing = page.waitForEvent("filechooser");
  await page.keyboard.press("Tab");
  await expect(choose).toBeFocused();
  await page.keyboard.press("Enter");
  const chooser = await choosing;
  expect(chooser.isMultiple()).toBe(true);
  await chooser.setFiles({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 48) });
  await expect(visitor.part("status")).toHaveText(/^Ready: 60 × 48 /);
  // The button is gone, and the focus is not.
  await expect(page.locator("body")).not.toBeFocused();
});

test("the focus stays in the section whose button is gone, or goes to Enlarge", async ({ page }) => {
  await page.getByRole("button", { name: "Fur" }).press("Enter");
  await expect(visitor.part("run")).toBeFocused();
  await visitor.expectState("idle");
  await visitor.unfold("network");
  await visitor.part("try-elastic").press("Enter");
  await expect(page.locator(".network > summary")).toBeFocused();
  await visitor.part("use-single").press("Enter");
  await expect(visitor.part("try-elastic")).toBeVisible();
  await expect(page.locator(".network > summary")).toBeFocused();
  // A slider takes the list's place.
  await visitor.part("split-ratio").focus();
  await visitor.part("split-ratio").selectOption("0.125");
  await expect(visitor.part("split-ratio")).toHaveAttribute("type", "range");
  await expect(visitor.part("split-ratio")).toBeFocused();
  await visitor.part("block").selectOption("ghost");
  await visitor.part("use-trained").press("Enter");
  await expect(visitor.part("run")).toBeFocused();
});

test("a large result opens at its full size where its detail is; 0 shows all of it", async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 420 });
  const percent = page.locator(".percent");
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.chooseDemo("Fur");
  // The view's percentage is that of the original, and stays as long as the view does.
  await expect(percent).toHaveText("117 %");
  await visitor.run();
  await expect(percent).toHaveText("117 %");
  // The visitor has seen this picture already, and stays where they are.
  await visitor.part("zoom").fill("4");
  await visitor.run();
  await expect(percent).toHaveText("117 %");

  await visitor.part("zoom").fill("2");
  await visitor.chooseDemo("Sign");
  await visitor.run();
  await expect(percent).toHaveText("200 %");
  // The letters, not the sky.
  const middle = await visitor.page.locator(".viewport").evaluate((viewport) => {
    const result = viewport.querySelector("[data-testid=result]")?.getBoundingClientRect();
    const { left, top, width, height } = viewport.getBoundingClientRect();
    return result && [left + width / 2 - result.left, top + height / 2 - result.top].map(Math.round);
  });
  const [x = 0, y = 0] = middle ?? [];
  expect(x / (480 * 2)).toBeGreaterThan(0.25);
  expect(x / (480 * 2)).toBeLessThan(0.85);
  expect(y / (360 * 2)).toBeGreaterThan(0.3);
  await page.locator(".viewport").press("0");
  await expect(percent).not.toHaveText("200 %");
  await visitor.run();
  await expect(percent).not.toHaveText("200 %");
});

test("the original is shown while space, the mouse or a finger is held", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.run();
  const after = page.locator(".tag-after");
  await page.locator(".viewport").focus();
  await page.keyboard.down("Space");
  await expect(after).toBeHidden();
  await page.keyboard.up("Space");
  await expect(after).toBeVisible();

  const box = await page.locator(".viewport").boundingBox();
  if (!box) throw new Error("there is a viewer");
  const place = await visitor.part("result").boundingBox();
  const at = [box.x + 0.8 * box.width, box.y + 0.5 * box.height] as const;
  await page.mouse.move(...at);
  await page.mouse.down();
  await expect(after).toBeHidden();
  await page.mouse.up();
  await expect(after).toBeVisible();
  expect(await visitor.part("result").boundingBox()).toEqual(place);
  // A drag moves the picture.
  await page.mouse.down();
  await page.mouse.move(at[0] - 60, at[1], { steps: 3 });
  await expect(after).toBeVisible();
  await page.mouse.up();
  expect((await visitor.part("result").boundingBox())?.x).toBeLessThan(place?.x ?? 0);

  const touch = new Touch(await page.context().newCDPSession(page));
  await touch.start({ x: at[0], y: at[1] });
  await expect(after).toBeHidden();
  await touch.end();
  await expect(after).toBeVisible();
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
    // Only the last of several changes counts.
    for (const zoom of ["3", "4", "5"]) await visitor.part("zoom").fill(zoom);
    await expect.poll(() => visitor.resultSize()).toEqual([300, 200]);
    await visitor.expectState("done");
    await visitor.part("model").selectOption("splitsr-tiny-x4");
    await expect(visitor.part("report")).toContainText("splitsr-tiny-x4");
    await visitor.expectState("done");
    await visitor.unfold("network");
    await visitor.part("model").selectOption("splitsr-x2-hi7");
    await visitor.part("hybrid-index").selectOption("5");
    await expect(visitor.part("report")).toContainText("splitsr-x2-hi5");
    await visitor.expectState("done");
    // A click still enlarges.
    await visitor.run();
  });

  test("a change in the midst of a run ends that, and its own result comes", async ({ page }) => {
    // Small, so that it is quick on a busy machine too.
    await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(100, 80) });
    await visitor.expectState("done");
    const changed = visitor.actWhen({ selector: "#stage[data-shows=preview]" }, "model", "splitsr-tiny-x4");
    await visitor.part("zoom").fill("4");
    await changed;
    await expect(visitor.part("report")).toContainText("splitsr-tiny-x4");
    await visitor.expectState("done");
    expect(await visitor.resultSize()).toEqual([400, 320]);
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "comparison");
  });

  test("a batch waits for a click", async () => {
    const small = { name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 40) };
    await visitor.part("file-input").setInputFiles([small, { ...small, name: "other.bmp" }]);
    await expect(visitor.part("batch").locator("li")).toHaveCount(2);
    await expect(visitor.part("estimate")).toContainText("about");
    await visitor.expectState("idle");
    await expect(visitor.part("status")).toHaveText(/^Ready/);
  });

  test("who wants to be asked first says so once", async ({ page }) => {
    await visitor.unfold("device");
    await visitor.part("auto-enlarge").uncheck();
    await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 40) });
    await expect(visitor.part("estimate")).toContainText("about");
    await visitor.expectState("idle");
    expect(await page.evaluate(() => localStorage.getItem("at-once"))).toBe("no");
    await visitor.part("auto-enlarge").check();
    await visitor.expectState("done");
  });
});

test("the fields stay where they are when the estimate comes and goes", async () => {
  await visitor.chooseDemo("Fur");
  await expect(visitor.part("estimate")).toContainText("of memory");
  const places = await visitor.part("width").evaluateHandle((field) => {
    const places = new Set<number>();
    new MutationObserver(() => places.add(field.getBoundingClientRect().top)).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    return places;
  });
  const texts = new Set<string>();
  for (const zoom of ["3", "4", "2"]) {
    await visitor.part("zoom").fill(zoom);
    texts.add(await visitor.part("estimate").innerText());
    await expect(visitor.part("estimate")).toContainText("of memory");
  }
  expect([...texts].some((text) => !text.includes("memory"))).toBe(true);
  expect(await places.evaluate((places) => places.size)).toBe(1);
});
