/** The comparison beside the name of the left picture: one choice shows another one there. */
import { expect, test } from "@playwright/test";
import { noise, violations, Visitor } from "./support.ts";

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
});

const rival = () => visitor.part("rival");
const verdict = () => visitor.part("rival-verdict");

for (const [device, viewport] of [
  ["a laptop", { width: 1366, height: 768 }],
  ["a phone", { width: 390, height: 844 }],
] as const) {
  test(`on ${device}, one choice shows bicubic there and says which is better`, async ({ page }) => {
    await page.setViewportSize(viewport);
    const name = page.locator(".tag-before");
    await visitor.chooseDemo("Fur");
    await expect(rival()).toHaveCount(0);
    await visitor.run();
    await expect(rival()).toBeInViewport({ ratio: 1 });
    await rival().selectOption("bicubic");
    await expect(verdict()).toHaveText(
      /^\s*In a test with this picture, SplitSR ×2 \(best\) is (much |slightly )?better than bicubic, by \d\.\d\d dB\.\s*$/,
    );
    await expect(verdict()).toBeInViewport({ ratio: 1 });
    await expect(name).toHaveText("Bicubic");
    // The list reads what is chosen, and the models are those of the result's scale.
    await expect(rival()).toHaveValue("bicubic");
    await expect(rival().locator("option[value=splitsr-tiny-x2]")).toHaveCount(1);
    await expect(rival().locator("option[value$=-x3], option[value$=-x4]")).toHaveCount(0);
    await visitor.expectState("done");
    // It is the comparison of the panel.
    await expect(visitor.part("rivals").getByRole("button", { name: "Bicubic" }).first()).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    const said = (await verdict().innerText()).trim();
    await expect(visitor.part("closer-verdict")).toContainText(said);
    expect(await violations(page)).toEqual([]);
    // The verdict can be closed; the panel still says it.
    const close = visitor.part("rival-close");
    await close.click();
    await expect(verdict()).toHaveCount(0);
    await expect(name).toHaveText("Bicubic");
    await expect(rival()).toBeFocused();
    await expect(visitor.part("closer-verdict")).toContainText(said);
    await rival().selectOption("original");
    await expect(name).toHaveText(/^Original/);
    await expect(verdict()).toHaveCount(0);
    await expect(rival()).toHaveValue("");
    // A known verdict is said at once.
    await rival().selectOption("bicubic");
    await expect(verdict()).toHaveText(said);
  });
}

test("its keys are those of a list, and do not move the picture", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.run();
  const place = await visitor.part("result").boundingBox();
  await rival().focus();
  for (const key of ["B", "i", "c"]) await page.keyboard.press(key);
  await expect(page.locator(".tag-before")).toHaveText("Bicubic");
  await page.keyboard.press("x");
  await expect(visitor.divider).toHaveAttribute("aria-valuenow", "50");
  await page.keyboard.press("Home");
  await expect(page.locator(".tag-before")).toHaveText(/^Original/);
  await expect(rival()).toBeFocused();
  expect(await visitor.part("result").boundingBox()).toEqual(place);
});

test("another result asks for a click, which keeps the focus near", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.run();
  await rival().selectOption("bicubic");
  await expect(verdict()).toBeVisible();
  await visitor.run();
  await expect(verdict()).toHaveCount(0);
  await visitor.part("rival-closer").focus();
  await page.keyboard.press("Enter");
  await expect(verdict()).toContainText("better than bicubic");
  await expect(rival()).toBeFocused();
});

test("a compressed picture's verdict says what it is worth, and that of a large one is not asked for", async ({
  page,
}) => {
  await visitor.chooseDemo("Snapshot, JPEG");
  await visitor.run();
  await rival().selectOption("bicubic");
  await expect(verdict()).toHaveText(
    /^\s*In a test with this picture, .* is better than .*, by .* dB\. This picture is itself compressed.* look at both/,
  );
  const said = (await verdict().innerText()).trim();
  await expect(visitor.part("closer-verdict")).toContainText(said);
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(2005, 2000) });
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.part("zoom").fill("1");
  await visitor.run();
  await rival().selectOption("lanczos3");
  await expect(page.locator(".tag-before")).toHaveText("Lanczos");
  await visitor.expectState("done");
  await expect(visitor.part("rival-closer")).toBeVisible();
});
