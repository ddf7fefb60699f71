/** Variants of the network side by side: baselines, their costs, the drawing of the network. */
import { readFile } from "node:fs/promises";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { holdRequests, noise, Visitor } from "./support.ts";

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
});

/** A baseline's button in the list. */
const baseline = (page: Page, name: string): Locator =>
  visitor.part("rivals").getByRole("button", { name, exact: false }).and(page.locator("[aria-pressed]"));

async function add(name: string): Promise<void> {
  await visitor.unfold("compare");
  await visitor.part("compare-model").selectOption(name);
}

test("the result is compared with several, one of which is shown; the link holds them all", async ({ page }) => {
  test.slow();
  await visitor.chooseDemo("Fur");
  await add("bicubic");
  await visitor.run();
  await add("nearest");
  await visitor.expectState("done");
  await add("splitsr-tiny-x2");
  await visitor.expectState("done");
  const tag = page.locator(".tag-before");
  const fast = "SplitSR ×2 (fast)";
  await expect(tag).toHaveText(fast);
  const said = /The difference (is|cannot be) [a-z ]+\. [\d.]+ m?s\s*$/;
  const names = ["Bicubic", "Nearest pixel", fast];
  for (const name of names) await expect(baseline(page, name)).toHaveText(said);

  // Each is described where it is shown.
  const psnrs = new Map<string, number>();
  await visitor.part("diff").check();
  await visitor.expectState("done");
  for (const name of names) {
    await baseline(page, name).focus();
    await page.keyboard.press("Enter");
    await expect(tag).toHaveText(name);
    await expect(baseline(page, name)).toHaveAttribute("aria-pressed", "true");
    await visitor.expectState("done");
    const distance = await visitor.part("distance").innerText();
    const [verdict] = /^The difference [a-z ]+\./.exec(distance) ?? [];
    await expect(baseline(page, name)).toContainText(verdict ?? "a verdict");
    psnrs.set(name, Number(/from the result: PSNR (\d\d\.\d\d) dB, SSIM 0\.\d{4}/.exec(distance)?.[1]));
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "difference");
  }
  // A trained model's result is nearer to another's than a blur is.
  const [bicubic = NaN, nearest = NaN, model = NaN] = names.map((name) => psnrs.get(name));
  expect(model).toBeGreaterThan(bicubic);
  expect(bicubic).toBeGreaterThan(nearest);
  await baseline(page, "Nearest pixel").click();
  await expect(page).toHaveURL(/with=nearest,bicubic,splitsr-tiny-x2&diff=1/);
  const link = await visitor.address();

  await visitor.open(link.slice(link.indexOf("#")));
  await visitor.expectState("done");
  await expect(tag).toHaveText("Nearest pixel");
  for (const name of names) await expect(baseline(page, name)).toHaveText(said);

  // When the original is shown again, the baselines stay.
  await baseline(page, "original").click();
  await expect(tag).toHaveText(/^Original/);
  await expect(page).toHaveURL(/with=original,nearest,bicubic,splitsr-tiny-x2(?!.*diff)/);
  await baseline(page, "Bicubic").click();
  await expect(tag).toHaveText("Bicubic");
  await expect(visitor.divider).toHaveAttribute("aria-label", "Comparison: Bicubic left, enlarged right");
  await page.getByRole("button", { name: /remove bicubic/i }).click();
  await expect(tag).toHaveText(/^Original/);
  await expect(visitor.divider).toHaveAttribute("aria-label", "Comparison: original left, enlarged right");
  await expect(baseline(page, "Bicubic")).toHaveCount(0);
  await expect(baseline(page, "Nearest pixel")).toHaveText(said);
  for (const name of ["Nearest pixel", fast]) await page.getByRole("button", { name: `Remove ${name}` }).click();
  await expect(visitor.part("rivals")).toHaveCount(0);
  await expect(page).not.toHaveURL(/with=/);
});

test("there are at most four baselines, and a link with an unknown one is reported", async ({ page }) => {
  for (const name of ["bicubic", "nearest", "bilinear"]) await add(name);
  await expect(visitor.part("compare-model")).toBeEnabled();
  await add("lanczos3");
  await expect(visitor.part("compare-model")).toBeDisabled();
  await page.getByRole("button", { name: /remove bilinear/i }).click();
  await expect(visitor.part("compare-model")).toBeEnabled();

  await visitor.open("#with=bicubic,nothing");
  await visitor.expectState("error");
  await expect(visitor.part("status")).toContainText("compares with something that this page does not have");
  await expect(baseline(page, "Bicubic")).toHaveAttribute("aria-pressed", "true");
  await visitor.open("#with=nearest,bilinear,bicubic,lanczos3,splitsr-x2");
  await expect(visitor.part("status")).toContainText("compares with more than 4 others");
});

test("baselines of a large picture that do not fit into memory are made again when they are shown", async ({
  page,
}) => {
  // Four results of 16 megapixels, with 4 bytes each, are more than 256 MB.
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(2005, 2000) });
  for (const name of ["nearest", "bilinear", "bicubic", "lanczos3"]) await add(name);
  await visitor.part("run").click();
  await visitor.expectState("done");
  // The baseline that is shown stays, and so do the newer ones of the others.
  const again = /recomputed when shown/;
  const expectAgain = async (name: string) => {
    for (const other of ["Nearest pixel", "Bilinear", "Bicubic", "Lanczos"]) {
      await expect(baseline(page, other)).toHaveText(/identical|difference/);
      await (other === name ? expect(baseline(page, other)) : expect(baseline(page, other)).not).toHaveText(again);
    }
  };
  await expectAgain("Nearest pixel");
  await baseline(page, "Nearest pixel").click();
  await expect(page.locator(".tag-before")).toHaveText("Nearest pixel");
  await visitor.expectState("done");
  await expectAgain("Lanczos");
});

test("a cancelled comparison can be continued", async ({ page }) => {
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(500, 400) });
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.run();
  await add("bicubic");
  await visitor.expectState("done");
  const model = await holdRequests(page, "**/models/splitsr-x2-hi7.safetensors");
  await add("splitsr-x2-hi7");
  await model.requested;
  await expect(visitor.part("status")).toHaveText("Comparing with SplitSR ×2, hybrid index 7…");
  await visitor.part("cancel").click();
  model.release();
  await expect(page.locator(".tag-before")).toHaveText(/^Original/);
  await expect(baseline(page, "Bicubic")).toHaveText(/difference/);
  await expect(baseline(page, "SplitSR ×2, hybrid index 7")).not.toHaveText(/difference|identical/);
  await baseline(page, "SplitSR ×2, hybrid index 7").click();
  await visitor.expectState("done");
  await expect(page.locator(".tag-before")).toHaveText("SplitSR ×2, hybrid index 7");
});

test("while another picture is read, nothing is compared", async ({ page }) => {
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.chooseDemo("Fur");
  await visitor.run();
  const picture = await holdRequests(page, "**/demo/sign*");
  await page.getByRole("button", { name: "Sign" }).click();
  await picture.requested;
  await expect(visitor.part("rival")).toBeDisabled();
  picture.release();
  await expect(visitor.part("status")).toHaveText(/^Ready/);
});

test("a comparison keeps the result of a model that is not chosen any more", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.run();
  await visitor.part("model").selectOption("splitsr-x2");
  await add("bicubic");
  await visitor.expectState("done");
  await expect(baseline(page, "Bicubic")).toHaveText(/difference/);
  await expect(visitor.part("report")).toContainText("splitsr-tiny-x2");
});

test.describe("which is better", () => {
  const verdict = () => visitor.part("closer-verdict");
  /** The verdict's numbers in dB. */
  const numbers = async () =>
    [...(await verdict().innerText()).matchAll(/(\d+\.\d\d) dB/g)].map(([, dB]) => Number(dB));
  /** Asks, and waits for the verdict. */
  const ask = async () => {
    await visitor.part("closer").click();
    await expect(verdict()).not.toBeEmpty();
    await visitor.expectState("done");
  };

  test("is tested on request: the model beats bicubic, as in the scores", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await add("bicubic");
    await visitor.run();
    await expect(verdict()).toBeEmpty();
    await ask();
    await expect(verdict()).toHaveText(
      /^\s*In a test with this picture, SplitSR ×2 \(best\) is (much |slightly )?better than bicubic, by \d\.\d\d dB\. PSNR \d\d\.\d\d dB against \d\d\.\d\d dB\.\s*$/,
    );
    await expect(verdict()).not.toContainText("compressed");
    const [gain = NaN, model = NaN, bicubic = NaN] = await numbers();
    expect(model - bicubic).toBeCloseTo(gain, 1);
    expect(gain).toBeGreaterThan(0.05);
    // The button keeps the focus, and the result stays.
    await expect(visitor.part("closer")).toBeFocused();
    await expect(page.locator(".tag-before")).toHaveText("Bicubic");

    await visitor.unfold("score");
    await visitor.part("score-run").click();
    await expect(visitor.part("status")).toHaveText(/^Scored/);
    const score = async (name: RegExp) =>
      visitor.part("score-table").locator("tbody tr").filter({ hasText: name }).locator("td").first().innerText();
    expect(await score(/^\s*\d+ Bicubic/)).toBe(bicubic.toFixed(2));
    expect(await score(/^\s*\d+ SplitSR ×2 \(best\)/)).toBe(model.toFixed(2));

    // Another result asks anew.
    await visitor.run();
    await expect(verdict()).toBeEmpty();
  });

  test("cannot be said of two that differ too little", async () => {
    await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(120, 96) });
    await visitor.part("model").selectOption("splitsr-tiny-x2");
    await add("splitsr-tiny-x2");
    await visitor.run();
    await expect(visitor.part("distance")).toHaveText("The two are identical.");
    await ask();
    await expect(verdict()).toHaveText(
      /^\s*In a test with this picture, neither is better: .* differ too little to mean anything\. PSNR .* against .*\.\s*$/,
    );
    const [one, other] = await numbers();
    expect(one).toBe(other);
  });

  test("says less about a compressed picture, and the page says so", async () => {
    await visitor.chooseDemo("Snapshot, JPEG");
    await add("bicubic");
    await visitor.run();
    await ask();
    await expect(verdict()).toContainText("better");
    await expect(verdict()).not.toContainText("much better");
    await expect(verdict()).toContainText("This picture is itself compressed");
  });

  test("is a test of the network that made the result, also of an elastic model", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await visitor.unfold("network");
    await visitor.part("try-elastic").click();
    await expect(visitor.part("split-ratio")).toHaveAttribute("type", "range");
    await visitor.part("hybrid-index").fill("0");
    await add("bicubic");
    await visitor.run();
    await ask();
    const [, one = NaN] = await numbers();
    await visitor.part("hybrid-index").fill("7");
    await visitor.run();
    await expect(verdict()).toBeEmpty();
    await ask();
    const [, other = NaN] = await numbers();
    expect(one).not.toBe(other);
    await expect(page.locator(".tag-before")).toHaveText("Bicubic");
  });

  test("can be cancelled, and asked again", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await visitor.part("model").selectOption("splitsr-tiny-x2");
    await visitor.run();
    await add("splitsr-x2");
    await visitor.expectState("done");
    const model = await holdRequests(page, "**/models/splitsr-tiny-x2.safetensors");
    await visitor.part("closer").click();
    await model.requested;
    await expect(visitor.part("status")).toHaveText("Scoring SplitSR ×2 (fast)…");
    // The list can be used meanwhile.
    await expect(visitor.part("compare-model")).toBeEnabled();
    await visitor.part("cancel").click();
    await expect(visitor.part("status")).toHaveText("Cancelled.");
    model.release();
    await expect(page.locator(".tag-before")).toHaveText("SplitSR ×2 (best)");
    await expect(verdict()).toBeEmpty();
    await ask();
    await expect(verdict()).toContainText("better");
  });
});

test("the speed of a model is estimated before it ran here, and measured after", { tag: "@alone" }, async () => {
  await visitor.chooseDemo("Fur");
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  await visitor.unfold("network");
  const facts = visitor.part("network-facts");
  await expect(facts).toHaveText(
    /; about [\d,]+ ms per megapixel of the result \(estimated\); trained for 2\.2 hours\.$/,
  );
  await visitor.run();
  const measured = /; (\d+) ms per megapixel of the result, measured on this CPU at ×2; trained for 2\.2 hours\.$/;
  await expect(facts).toHaveText(measured);
  const [, time, unit] = /Time\s+([\d.]+) (m?s)/.exec(await visitor.part("report").innerText()) ?? [];
  const [milliseconds, rounded] = unit === "s" ? [1000 * Number(time), 51] : [Number(time), 2];
  const [width, height] = await visitor.resultSize();
  const shown = Number(measured.exec((await facts.textContent()) ?? "")?.[1]);
  expect(Math.abs(shown * ((width * height) / 1e6) - milliseconds)).toBeLessThan(rounded);

  // Another model has no measurement until it has been compared.
  await visitor.part("model").selectOption("splitsr-x2-hi7");
  await expect(facts).not.toContainText("measured");
  await add("splitsr-x2-hi7");
  await visitor.expectState("done");
  await expect(facts).toContainText("measured on this CPU at ×2");
});

test("a drawing that does not load is reported", async ({ page }) => {
  await page.route("**/lazy-*", (route) => route.abort());
  await visitor.chooseDemo("Fur");
  await visitor.unfold("network");
  await expect(page.locator(".network .trouble")).toHaveText(/could not be loaded/);
  await expect(page.locator(".network .drawing")).toHaveCount(0);
});

test("the drawing shows which channels each block convolves, from head to tail", async ({ page }) => {
  await visitor.unfold("network");
  const [network, group] = [page.locator(".network .drawing").nth(0), page.locator(".network .drawing").nth(1)];
  const layers = () => network.locator("text").allTextContents();
  const head = "Head: 3 × 3, 3 → 16";
  const body = "3 × 3, 16 → 16, plus the head's output";
  const tail = "Tail: 3 × 3, 16 → 3";
  await expect.poll(layers).toEqual([head, body, "Upsampler: 3 × 3, 16 → 64, pixel shuffle ×2", tail]);

  /** The channels of each block of the first group. */
  const touched = () =>
    network
      .locator("g.light")
      .first()
      .evaluate((group: SVGGElement) => {
        const rows = new Map<number, number[]>();
        const cell = (group.querySelector("rect.idle")?.getBoundingClientRect().width ?? 0) / 16;
        const left = group.getBoundingClientRect().left;
        for (const rect of group.querySelectorAll("rect:not(.idle, .conv)")) {
          const { x, y, width } = rect.getBoundingClientRect();
          const first = Math.round((x - left) / cell);
          const channels = Array.from({ length: Math.round(width / cell) }, (_, index) => first + index);
          rows.set(y, [...(rows.get(y) ?? []), ...channels]);
        }
        return [...rows.values()];
      });
  const chunk = (first: number) => [0, 1, 2, 3].map((index) => first + index);
  expect(await touched()).toEqual([0, 4, 8, 12, 0, 4, 8].map(chunk));
  await expect(group).toHaveAttribute("aria-label", /7 blocks/);

  await visitor.part("block").selectOption("shuffle");
  // Even places come from the first half, odd ones from the second.
  let channels = Array.from({ length: 16 }, (_, channel) => channel);
  const shuffled = Array.from({ length: 7 }, () => {
    const before = channels;
    channels = before.map((_, index) => before[Math.floor(index / 2) + (index % 2 === 0 ? 0 : 8)] ?? 0);
    return before.slice(8).toSorted((a, b) => a - b);
  });
  await expect.poll(touched).toEqual(shuffled);

  await visitor.part("block").selectOption("split");
  await visitor.part("replacement").selectOption("upsampler");
  await expect.poll(layers).toEqual([head, body, "Upsampler: 1 × 1, 16 → 64, pixel shuffle ×2", tail]);
  await expect(group).toHaveAttribute("aria-label", /1 block,/);
  await visitor.part("replacement").selectOption("features");
  await visitor.part("model").selectOption("splitsr-x4");
  await expect
    .poll(layers)
    .toEqual([head, body, ...Array<string>(2).fill("Upsampler: 3 × 3, 16 → 64, pixel shuffle ×2"), tail]);
});

test("networks to compare with are described too", async ({ page }) => {
  const facts = visitor.part("network-facts");
  const layers = () => page.locator(".network .drawing text").allTextContents();
  await visitor.unfold("network");
  await visitor.part("model").selectOption("edsr-small-x2");
  await expect(facts).toContainText(
    "195,971 parameters; 45.6 billion multiply-adds for 1280 × 720; receptive field: 41 × 41 pixels",
  );
  await expect.poll(layers).toContain("Head: 3 × 3, 3 → 32");
  await visitor.part("model").selectOption("srcnn-x2");
  await expect(facts).toContainText("57,281 parameters; 52.7 billion multiply-adds");
  await expect
    .poll(layers)
    .toEqual(["Bicubic, ×2; then on luma only", "9 × 9, 1 → 64", "5 × 5, 64 → 32", "5 × 5, 32 → 1"]);
  await expect(visitor.part("split-ratio")).toHaveCount(0);
  await visitor.part("model").selectOption("rcan-small-x2");
  await expect(facts).toContainText("receptive field: the whole picture");
  await expect(page.locator(".network")).toContainText("channel attention");
});

test("hyper-parameters without weights are no model of the list, from which each can be chosen again", async ({
  page,
}) => {
  await visitor.chooseDemo("Fur");
  await visitor.unfold("network");
  await visitor.part("model").selectOption("splitsr-x2");
  await visitor.part("block").selectOption("ghost");
  await expect(visitor.part("model").locator("option:checked")).toHaveText("Not trained");
  await expect(visitor.part("run")).toBeDisabled();
  await expect(page.locator(".tuning")).toContainText("Trains the network you chose");
  await visitor.part("model").selectOption("splitsr-x2");
  await expect(visitor.part("block")).toHaveValue("split");
  await expect(visitor.part("run")).toBeEnabled();
});

test("the plot of a dozen models can be read, and shows quality against time or multiply-adds", async ({ page }) => {
  test.slow();
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(120, 96) });
  await visitor.unfold("score");
  await visitor.part("score-run").click();
  await expect(visitor.part("status")).toHaveText(/^Scored/);
  const plot = visitor.part("score-plot");
  const rows = visitor.part("score-table").locator("tbody tr");
  const count = await rows.count();
  expect(count).toBeGreaterThan(12);

  /** The numbers beside the dots, and whether each is clear of the others. */
  const numbers = async () =>
    plot.evaluate(
      (svg: SVGSVGElement, dots: number) => {
        const texts = [...svg.querySelectorAll("text")].slice(-dots);
        const boxes = texts.map((text) => text.getBBox());
        const clear = boxes.every((a, at) =>
          boxes
            .slice(at + 1)
            .every((b) => Math.abs(a.x + a.width / 2 - b.x - b.width / 2) >= 7 || Math.abs(a.y - b.y) >= 7),
        );
        return { shown: texts.map((text) => Number(text.textContent)), clear };
      },
      await plot.locator("circle").count(),
    );
  await expect(plot.locator("circle")).toHaveCount(count);
  expect(await numbers()).toEqual({ shown: Array.from({ length: count }, (_, index) => index + 1), clear: true });
  await expect(rows.nth(4).locator("th")).toHaveText(/^5 /);
  const download = async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), visitor.part("score-png").click()]);
    return readFile(await download.path());
  };
  const byTime = await download();

  await visitor.part("score-cost").selectOption("multiply-adds");
  // Resizers have none.
  await expect(plot.locator("circle")).toHaveCount(count - 4);
  const models = (await rows.locator("th").allTextContents()).filter((text) => text.includes("×2"));
  expect((await numbers()).shown).toEqual(models.map((text) => Number.parseInt(text.trim())));
  await expect(plot).toHaveAttribute("aria-label", /billion multiply-adds/);
  const byWork = await download();
  expect(byWork.equals(byTime)).toBe(false);
  // With the names below, it is higher than the page's plot of 320 × 220.
  expect([byTime.readUInt32BE(16), byTime.readUInt32BE(20)].map((side) => side / 3)).toEqual([
    320,
    220 + 14 * Math.ceil(count / 2) + 6,
  ]);
});

test("the first model that is scored runs once before it is timed", async ({ page }) => {
  await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(96, 72) });
  await visitor.expectState("idle");
  await visitor.unfold("score");
  await visitor.part("score-scale").selectOption("4");
  const runs = await page.evaluateHandle(() => {
    const runs: number[] = [];
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its object below
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, message: { id: number; method?: string }, ...rest: never[]) {
      post.call(this, message, ...rest);
      if (message.method === "upscale") runs.push(message.id);
    };
    return runs;
  });
  await visitor.part("score-run").click();
  await expect(visitor.part("status")).toHaveText(/^Scored \d+ methods: see the table\.$/);
  const models = await visitor.part("score-table").locator("tbody tr", { hasText: "SplitSR" }).count();
  expect(models).toBeGreaterThan(1);
  expect(await runs.evaluate((runs) => runs.length)).toBe(models + 1);
});
