/** The page on a phone: edges that are not all usable, little height, and long pictures. */
import { expect, test, type Locator, type Page } from "@playwright/test";
import { noise, TINY, violations, Visitor } from "./support.ts";
import { boxOf, layer, Touch } from "./viewing.ts";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

let visitor: Visitor;

const handle = (page: Page) => page.getByRole("button", { name: "Controls" });

/** Waits until the sheet has come to rest at this height. */
async function expectSheet(page: Page, position: "low" | "half" | "full"): Promise<void> {
  await expect(page.locator("main")).toHaveAttribute("data-sheet", position);
  await expect(handle(page)).toHaveAttribute("aria-expanded", String(position !== "low"));
  await page.waitForFunction(() => document.getAnimations().length === 0);
}

/** The picture, the handle, the panel and the bar are in sight, one below the other. */
async function expectOrder(page: Page): Promise<void> {
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  const [stage, grip, panel, bar] = [
    await boxOf(page.locator("#stage")),
    await boxOf(handle(page)),
    await boxOf(page.locator("#panel")),
    await boxOf(page.locator(".run")),
  ];
  expect(stage.y).toBe(0);
  expect(grip.y).toBeGreaterThanOrEqual(0.2 * height - 15);
  // The round corners lie over the picture's edge.
  expect(stage.height - grip.y).toBeCloseTo(14, 0);
  expect(panel.y).toBeCloseTo(grip.y + grip.height, 0);
  expect(bar.y).toBeGreaterThanOrEqual(panel.y - 1);
  expect(Math.abs(bar.y + bar.height - height)).toBeLessThan(1);
  for (const { x, width: wide } of [stage, grip, panel, bar]) expect([x, wide]).toEqual([0, width]);
  for (const part of ["run", "status"]) await expect(visitor.part(part)).toBeInViewport({ ratio: 1 });
  const picture = await boxOf(layer(page, "before"));
  expect(Math.min(picture.y + picture.height, grip.y) - Math.max(picture.y, 0)).toBeGreaterThan(40);
  const toolbar = await page.locator(".toolbar").boundingBox();
  if (toolbar) expect(toolbar.y + toolbar.height).toBeLessThanOrEqual(grip.y - 8);
}

/** Some way up, in CSS pixels; slowly, the finger rests before it goes up. */
async function drag(page: Page, from: Locator, up: number, { isSlow = false } = {}): Promise<void> {
  const touch = new Touch(await page.context().newCDPSession(page));
  const { x, y, width } = await boxOf(from);
  const start = { x: x + width / 2, y: y + 10 };
  const end = { ...start, y: start.y - up };
  await touch.start(start);
  for (const part of [0.25, 0.5, 0.75, 1]) await touch.move({ ...start, y: start.y - part * up });
  if (isSlow) for (let rest = 0; rest < 8; rest++) await touch.move(end);
  await touch.end();
}

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

test("what is pressed and read keeps clear of the notch and of the bar at the bottom", async ({ page }) => {
  const session = await page.context().newCDPSession(page);
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await visitor.unfold("tuning");
  for (const { width, height, insets } of [
    { width: 390, height: 844, insets: { top: 47, bottom: 34, left: 0, right: 0 } },
    { width: 844, height: 390, insets: { top: 0, bottom: 21, left: 47, right: 47 } },
  ]) {
    await page.setViewportSize({ width, height });
    await session.send("Emulation.setSafeAreaInsetsOverride", { insets });
    const safe = [visitor.part("run"), visitor.part("download"), visitor.tool("out"), page.locator(".tag-before")];
    const expectSafe = async () => {
      for (const element of safe) {
        const box = await boxOf(element);
        expect(box.x).toBeGreaterThanOrEqual(insets.left);
        expect(box.y).toBeGreaterThanOrEqual(insets.top);
        expect(width - box.x - box.width).toBeGreaterThanOrEqual(insets.right);
        expect(height - box.y - box.height).toBeGreaterThanOrEqual(insets.bottom);
      }
    };
    await expectSafe();
    await visitor.part("finetune-open").click();
    safe.splice(0, Infinity, visitor.part("finetune-close"), visitor.part("finetune-start"));
    await expectSafe();
    await visitor.part("finetune-close").click();
  }
});

test("without a picture, the button that opens one is in sight, and Enlarge after that", async ({ page }) => {
  await expect(visitor.part("open")).toBeInViewport({ ratio: 1 });
  await expect(visitor.part("run")).toBeHidden();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), visitor.part("open").tap()]);
  await chooser.setFiles({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 48) });
  await expect(visitor.part("run")).toBeInViewport({ ratio: 1 });
  await expect(visitor.part("open")).toHaveCount(0);
  // A photo, and what the camera sees live, have names of their own.
  await visitor.part("other-picture").tap();
  await expect(page.getByText("Take a photo")).toBeVisible();
  await expect(visitor.part("camera")).toHaveText("Live zoom");
});

test("the verdict over the picture has a button that closes it, large enough for a finger", async () => {
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await visitor.part("rival").selectOption("bicubic");
  const close = visitor.part("rival-close");
  const { width, height } = await boxOf(close);
  expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
  await close.tap();
  await expect(visitor.part("rival-verdict")).toHaveCount(0);
});

test("the examples beside a picture take one row, which scrolls", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.unfoldWays();
  const demos = page.locator("#panel .demos button");
  const tops = await demos.evaluateAll((all) => all.map((demo) => demo.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
  await demos.last().tap();
  await expect(demos.last()).toHaveAttribute("aria-pressed", "true");
  await expect(demos.last()).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test("with a picture, one sees the zoom, the quality and Download; the ways to another one are one row", async ({
  page,
}) => {
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await expectSheet(page, "half");
  // Playwright scrolls to what it presses.
  await page.locator("#panel").evaluate((panel) => panel.scrollTo(0, 0));
  await expect(visitor.part("quality")).toBeVisible();
  const factors = page.getByRole("group", { name: "Enlarge by" });
  const bar = await boxOf(page.locator(".run"));
  const panel = await boxOf(page.locator("#panel"));
  for (const part of [visitor.part("other-picture"), visitor.part("zoom"), factors, visitor.part("quality-about")]) {
    const { y, height } = await boxOf(part);
    expect(y).toBeGreaterThanOrEqual(panel.y);
    expect(y + height).toBeLessThanOrEqual(bar.y);
  }
  await expect(visitor.part("download")).toBeInViewport({ ratio: 1 });
  const other = visitor.part("other-picture");
  const ways = [page.getByText("Take a photo"), visitor.part("camera"), page.getByRole("button", { name: "Sign" })];
  for (const way of ways) await expect(way).toBeHidden();
  await other.tap();
  await expect(other).toHaveAttribute("aria-expanded", "true");
  for (const way of ways) await expect(way).toBeVisible();
  await other.tap();
  for (const way of ways) await expect(way).toBeHidden();
  // By keyboard: the example goes away when it is open, and the focus stays near.
  await other.press("Enter");
  await ways[2]?.press("Enter");
  await expect(page).toHaveURL(/img=demo:sign/);
  await expect(other).toBeFocused();
  await expect(other).toHaveAttribute("aria-expanded", "false");
  // On a laptop there is room for all of them.
  await page.setViewportSize({ width: 1366, height: 768 });
  await expect(other).toBeHidden();
  for (const way of ways.slice(1)) await expect(way).toBeVisible();
});

test("a swipe that begins on a slider scrolls and changes nothing; a drag sideways and a tap move it", async ({
  page,
}) => {
  await visitor.open();
  await visitor.expectState("idle");
  await visitor.chooseDemo("Snapshot, JPEG");
  const touch = new Touch(await page.context().newCDPSession(page));
  const panel = page.locator("#panel");
  const automatic = visitor.part("clean-auto");
  for (const slider of [
    visitor.part("clean"),
    visitor.part("quality"),
    page.getByRole("slider", { name: "Enlarge by" }),
  ]) {
    await expectSheet(page, "half");
    await slider.evaluate((element) => {
      element.scrollIntoView({ block: "center" });
    });
    const [value, address] = [await slider.inputValue(), await visitor.address()];
    const scrolled = await panel.evaluate(({ scrollTop }) => scrollTop);
    const { x, y, width, height } = await boxOf(slider);
    const at = { x: x + 0.7 * width, y: y + height / 2 };
    // Where there is something to scroll to.
    const up = scrolled > 60 ? -60 : 60;
    await touch.drag(at, { ...at, y: at.y - up });
    await expect.poll(() => panel.evaluate(({ scrollTop }) => scrollTop)).not.toBe(scrolled);
    await page.waitForTimeout(300);
    expect([await slider.inputValue(), page.url()]).toEqual([value, address]);
    await expect(automatic).toBeChecked();
  }
  const slider = visitor.part("clean");
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await boxOf(slider);
  const at = (share: number) => ({ x: x + share * width, y: y + height / 2 });
  await touch.drag(at(0.2), { ...at(0.6), y: y + height / 2 + 6 });
  await expect(automatic).not.toBeChecked();
  expect(Math.abs(Number(await slider.inputValue()) - 60)).toBeLessThanOrEqual(10);
  await expect(page).toHaveURL(/clean=/);
  await touch.tap(at(0.3));
  await expect.poll(async () => Math.abs(Number(await slider.inputValue()) - 30)).toBeLessThanOrEqual(10);
  await slider.press("ArrowRight");
  await expect.poll(async () => Math.abs(Number(await slider.inputValue()) - 35)).toBeLessThanOrEqual(10);
});

for (const [width, height] of [
  [390, 844],
  [844, 390],
] as const) {
  test(`a long picture is opened and enlarged at ${width} × ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await visitor.chooseFile({ name: "long.bmp", mimeType: "image/bmp", buffer: noise(300, 2400) });
    await expect(visitor.part("run")).toBeEnabled();
    await visitor.part("run").tap();
    await visitor.expectState("done");
    expect(await visitor.resultSize()).toEqual([600, 4800]);
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "comparison");
    await expect(visitor.divider).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    // At first the detail is seen; all of it on request.
    await visitor.tool("fit").tap();
    const [view, result] = [await boxOf(page.locator(".viewport")), await boxOf(visitor.part("result"))];
    expect(result.y).toBeGreaterThanOrEqual(view.y);
    expect(result.height).toBeLessThan(view.height);
  });
}

for (const viewport of [
  { width: 390, height: 844 },
  { width: 360, height: 640 },
  { width: 320, height: 568 },
]) {
  test.describe(`the sheet at ${viewport.width} × ${viewport.height}`, () => {
    test.use({ viewport });

    test.beforeEach(async ({ page }) => {
      await expectSheet(page, "low");
      await visitor.chooseDemo("Fur");
      await visitor.run();
    });

    test("its handle moves it by taps and keys; picture and bar stay in sight", async ({ page }) => {
      await expectSheet(page, "half");
      await expectOrder(page);
      expect(await violations(page)).toEqual([]);
      await handle(page).tap();
      await expectSheet(page, "low");
      await expectOrder(page);
      expect(await violations(page)).toEqual([]);
      await handle(page).tap();
      await expectSheet(page, "half");
      for (const [key, position] of [
        ["ArrowUp", "full"],
        ["ArrowUp", "full"],
        ["ArrowDown", "half"],
        ["ArrowDown", "low"],
        ["ArrowDown", "low"],
        ["Enter", "half"],
        [" ", "low"],
        ["ArrowUp", "half"],
        ["ArrowUp", "full"],
      ] as const) {
        await handle(page).press(key);
        await expectSheet(page, position);
      }
      await expectOrder(page);
      expect(await violations(page)).toEqual([]);
      // Another picture is opened to be looked at.
      await visitor.chooseDemo("Sign");
      await expectSheet(page, "half");
    });

    test("a drag moves it to the nearest height, and a quick one further", async ({ page }) => {
      const { height } = viewport;
      // It follows the finger.
      const before = (await boxOf(handle(page))).y;
      const touch = new Touch(await page.context().newCDPSession(page));
      const at = { x: viewport.width / 2, y: before + 10 };
      await touch.start(at);
      await touch.move({ ...at, y: at.y - 30 });
      await touch.move({ ...at, y: at.y - 60 });
      await expect.poll(async () => (await boxOf(handle(page))).y).toBeCloseTo(before - 60, 0);
      await expect(page.locator("main")).toHaveAttribute("data-sheet", "half");
      await touch.move({ ...at, y: at.y - 4 });
      for (let rest = 0; rest < 8; rest++) await touch.move({ ...at, y: at.y - 4 });
      await touch.end();
      await expectSheet(page, "half");
      expect((await boxOf(handle(page))).y).toBeCloseTo(before, 0);

      await drag(page, handle(page), 0.25 * height, { isSlow: true });
      await expectSheet(page, "full");
      await drag(page, handle(page), -0.25 * height, { isSlow: true });
      await expectSheet(page, "half");
      // A short one, but quick.
      await drag(page, handle(page), 50);
      await expectSheet(page, "full");
      await drag(page, handle(page), -0.9 * height);
      await expectSheet(page, "low");
      // The bar can be drawn up too, and its buttons are still buttons.
      await drag(page, visitor.part("status"), 0.35 * height, { isSlow: true });
      await expectSheet(page, "half");
      await visitor.part("run").tap();
      await visitor.expectState("done");
      await expectSheet(page, "half");
      await expectOrder(page);
    });

    test("it scrolls by itself, to its end", async ({ page }) => {
      for (const position of ["half", "full"] as const) {
        await expectSheet(page, position);
        await page.locator("#panel").evaluate((panel) => panel.scrollTo(0, panel.scrollHeight));
        const [footer, bar] = [await boxOf(page.locator("footer")), await boxOf(page.locator(".run"))];
        expect(footer.y + footer.height).toBeLessThanOrEqual(bar.y);
        expect(footer.y + footer.height).toBeGreaterThan(bar.y - 40);
        expect(await page.evaluate(() => [scrollY, document.documentElement.scrollHeight - innerHeight])).toEqual([
          0, 0,
        ]);
        await expectOrder(page);
        await handle(page).press("ArrowUp");
      }
    });

    test("what has the focus opens it, and is in sight, above the keyboard too", async ({ page }) => {
      const expectSeen = async (field: Locator) => {
        await expect(field).toBeFocused();
        const isBetween = async () => {
          const [box, panel, bar] = [
            await boxOf(field),
            await boxOf(page.locator("#panel")),
            await boxOf(page.locator(".run")),
          ];
          return box.y >= panel.y && box.y + box.height <= bar.y;
        };
        await expect.poll(isBetween).toBe(true);
      };
      await visitor.unfold("device");
      const last = visitor.part("auto-enlarge");
      for (const field of [visitor.part("zoom"), visitor.part("width"), last]) {
        await handle(page).focus();
        while ((await page.locator("main").getAttribute("data-sheet")) !== "low")
          await page.keyboard.press("ArrowDown");
        await expectSheet(page, "low");
        await field.evaluate((element) => {
          element.focus();
        });
        await expectSheet(page, "half");
        await expectSeen(field);
      }
      // Most browsers shrink the page.
      const { width, height } = viewport;
      await visitor.part("height").tap();
      await page.setViewportSize({ width, height: height - 290 });
      await expectSeen(visitor.part("height"));
      await expect(visitor.part("run")).toBeInViewport({ ratio: 1 });
      await page.setViewportSize(viewport);
      // Some lay the keyboard over it.
      await visitor.part("zoom").tap();
      await page.evaluate((height) => {
        if (!visualViewport) throw new Error("there is no visual viewport");
        Object.defineProperty(visualViewport, "height", { value: height });
        visualViewport.dispatchEvent(new Event("resize"));
      }, height - 290);
      await expectSeen(visitor.part("zoom"));
      const bar = await boxOf(page.locator(".run"));
      expect(Math.abs(bar.y + bar.height - height + 290)).toBeLessThan(1);
    });
  });
}

test("without motion, the sheet is where it goes to at once", async ({ page }) => {
  const duration = () => page.locator("#panel").evaluate((panel) => getComputedStyle(panel).transitionDuration);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await handle(page).tap();
  expect(await duration()).toBe("0.25s");
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await duration()).toBe("0s");
  await handle(page).tap();
  await expectSheet(page, "low");
});

test("a phone on its side has the panel beside the picture, if there is room", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.run();
  for (const [width, height] of [
    [844, 390],
    [667, 375],
    [640, 360],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect(page.locator("#handle")).toBeHidden();
    const [stage, panel] = [await boxOf(page.locator("#stage")), await boxOf(page.locator("#panel"))];
    expect(stage.width).toBeGreaterThanOrEqual(width / 2);
    expect([stage.height, panel.height, panel.x]).toEqual([height, height, stage.width]);
    for (const part of ["run", "status", "download"]) await expect(visitor.part(part)).toBeInViewport({ ratio: 1 });
    const toolbar = await boxOf(page.locator(".toolbar"));
    expect(toolbar.x).toBeGreaterThanOrEqual(0);
    expect(toolbar.x + toolbar.width).toBeLessThanOrEqual(stage.width);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await violations(page)).toEqual([]);
  }
  // Too narrow for two columns.
  await page.setViewportSize({ width: 480, height: 320 });
  await expectSheet(page, "half");
  await expectOrder(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectSheet(page, "half");
  await expectOrder(page);
});

test("a very long picture is seen in every position of the sheet, and moved from end to end", async ({ page }) => {
  await visitor.chooseFile({ name: "long.bmp", mimeType: "image/bmp", buffer: noise(60, 1200) });
  await visitor.run();
  const touch = new Touch(await page.context().newCDPSession(page));
  for (const position of ["half", "full", "low"] as const) {
    while ((await page.locator("main").getAttribute("data-sheet")) !== position)
      await handle(page).press(position === "full" ? "ArrowUp" : "ArrowDown");
    await expectSheet(page, position);
    await page.locator(".viewport").press("0");
    const { height } = await boxOf(page.locator(".viewport"));
    const whole = await boxOf(visitor.part("result"));
    expect(whole.y).toBeGreaterThanOrEqual(0);
    expect(whole.y + whole.height).toBeLessThanOrEqual(height - 14);
    // At full size it is much higher than the screen.
    await page.locator(".viewport").press("1");
    const { y } = await boxOf(visitor.part("result"));
    expect(y).toBeLessThan(0);
    // Clear of the list on the left.
    const middle = { x: 330, y: height / 2 };
    for (let step = 0; step < 40 && (await boxOf(visitor.part("result"))).y < 0; step++)
      await touch.drag({ ...middle, y: 50 }, { ...middle, y: height - 20 });
    expect((await boxOf(visitor.part("result"))).y).toBeGreaterThanOrEqual(0);
  }
});

for (const { textSize, ...viewport } of [
  { width: 390, height: 844, textSize: "100%" },
  { width: 320, height: 568, textSize: "100%" },
  { width: 390, height: 844, textSize: "200%" },
]) {
  test.describe(`at ${viewport.width} pixels, with text of ${textSize}`, () => {
    test.use({ viewport });

    test("controls are large enough for fingers, and nothing is cut off", async ({ page }) => {
      await page.evaluate((size) => {
        document.documentElement.style.setProperty("-webkit-text-size-adjust", size);
      }, textSize);
      await visitor.chooseDemo("Fur");
      await visitor.run();
      await handle(page).press("ArrowUp");
      await page.locator(".folds > details").evaluateAll((all) => {
        for (const details of all) details.setAttribute("open", "");
      });
      await visitor.part("compare-model").selectOption("bicubic");
      await visitor.expectState("done");
      const main = "#panel :is(button:not(.link), select, label.button, .number, .check, summary):not(.language)";
      const troubles = await page.evaluate((main) => {
        const found: string[] = [];
        const isSeen = (element: Element) => element.checkVisibility() && !element.matches(".unseen");
        const check = (selector: string, least: number) => {
          for (const element of [...document.querySelectorAll(selector)].filter(isSeen)) {
            const { width, height } = element.getBoundingClientRect();
            const name = element.ariaLabel ?? element.textContent.trim();
            if (Math.min(width, height) < least - 0.5) found.push(`${name}: ${width} × ${height}`);
          }
        };
        check(main, 43);
        check("#panel :is(button, select, input[type=range], .link, summary), .toolbar button", 24);
        for (const element of document.querySelectorAll("#panel *, .tag")) {
          if (!isSeen(element) || element.closest(".demos, svg, .unseen")) continue;
          const { left, right } = element.getBoundingClientRect();
          const isCut = element.matches("button, .button") && element.scrollWidth > element.clientWidth;
          if (left < 0 || right > innerWidth || isCut) found.push(`${element.textContent.trim()} is cut off`);
        }
        return found;
      }, main);
      expect(troubles).toEqual([]);
      await handle(page).press("ArrowDown");
      await expectSheet(page, "half");
      await expectOrder(page);
      const toolbar = page.locator(".toolbar");
      const { x, width } = await boxOf(toolbar);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(viewport.width);
      // Very large words may have to be scrolled to.
      const hidden = await toolbar.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
      if (textSize === "100%") expect(hidden).toBe(0);
    });
  });
}
