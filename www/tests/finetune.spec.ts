/** Fine-tuning in the page: from a visitor's pictures to a listed model, with what may go wrong. */
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { awkwardFile, dataTransfer, noise, TINY, violations, Visitor } from "./support.ts";
import { demo, START, startFile, Tuner } from "./tuner.ts";
import { tensorsOf } from "./weights.ts";

let visitor: Tuner;

test.beforeEach(async ({ page }) => {
  visitor = new Tuner(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

test("a model is fine-tuned, paused, saved, and is then one like any other", async ({ page, browser }) => {
  await visitor.setUp(80);
  await expect(visitor.part("finetune-name")).toHaveValue(`${START}-tuned`);
  // At the fifth step or later: during a pause, the text does not change.
  const fifth = { selector: "[data-testid=finetune-step]", text: /Step ([5-9]|\d\d)\b/ };
  const pausing = visitor.actWhen(fifth, "finetune-pause");
  await visitor.part("finetune-start").click();
  // The button is gone.
  await expect(page.locator("#tune-title")).toBeFocused();
  await pausing;
  const loss = visitor.part("finetune-loss");
  await expect(loss).toContainText(/Loss\s*0\.\d{4}/);
  await expect(loss.locator("svg")).toHaveAttribute("aria-label", /latest 0\.\d{4}/);
  const psnr = visitor.part("finetune-psnr").locator("svg");
  await expect(psnr).toHaveAttribute("aria-label", /now [\d.]+ dB, SplitSR ×2 \(fast\) [\d.]+ dB, bicubic [\d.]+ dB/);
  // The axis begins below bicubic, so that a gain is seen beside what the model had gained before.
  await expect(psnr.locator("line")).toHaveCount(2);
  await expect(psnr.locator("text.level")).toContainText(["bicubic"]);
  await expect(visitor.part("finetune-facts")).toContainText("part of each picture is held out of training");

  await visitor.expectPhase("paused");
  const paused = await visitor.step();
  expect(paused).toBeLessThan(80);
  // The worker does one thing at a time, so a step that is still running would end before this.
  await expect(visitor.part("finetune-step")).toContainText(`checkpoint at step ${paused}`);
  expect(await visitor.step()).toBe(paused);
  await visitor.part("finetune-continue").click();
  await visitor.expectStepFrom(paused + 1);

  // It keeps running while the page is used, and says so.
  await page.keyboard.press("Escape");
  await expect(visitor.part("finetune-open")).toBeFocused();
  await expect(visitor.part("finetune-line")).toContainText(`${START}-tuned`);
  await visitor.part("finetune-open").click();
  await visitor.expectPhase("done");
  const said = await visitor.part("finetune-status").innerText();
  const [, step, gain] =
    /^Best at step (\d+): [\d.]+ dB on what .* \(\+([\d.]+) dB against SplitSR ×2 \(fast\), [+−]/.exec(said) ?? [];
  expect(Number(step), said).toBeGreaterThan(0);
  expect(Number(gain), said).toBeGreaterThanOrEqual(0.1);
  // Only the best step was kept.
  await expect(visitor.part("finetune-step")).not.toContainText("checkpoint");
  const pixels = (crop: string) =>
    visitor.part(`finetune-${crop}`).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const crops = await Promise.all(["original", "bicubic", "before", "after"].map(pixels));
  expect(new Set(crops).size, "four different pictures").toBe(4);

  await visitor.part("finetune-save").click();
  await expect(visitor.part("finetune-saved")).toContainText(`Saved ${START}-tuned`);
  await expect(visitor.part("model")).toHaveValue(`${START}-tuned`);

  await expect(page).toHaveURL(/-tuned/);
  await page.reload();
  await visitor.expectState("idle");
  await expect(visitor.part("model")).toHaveValue(`${START}-tuned`);
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await expect(visitor.part("report")).toContainText(`${START}-tuned`);
  const [model, output] = await hashes(visitor);

  // Its file equals that of the first model, except for the weights.
  const { name, bytes } = await visitor.downloaded("model-download");
  expect(name).toBe(`${START}-tuned.safetensors`);
  const [tuned, start] = [tensorsOf(bytes), tensorsOf(readFileSync(startFile))];
  expect([...tuned.keys()].toSorted()).toEqual([...start.keys()].toSorted());
  const all = [...tuned.values()].flatMap((values) => [...values]);
  expect(all.every(Number.isFinite)).toBe(true);
  const moved = [...tuned].filter(([name, values]) => values.some((value, at) => value !== start.get(name)?.[at]));
  expect(moved.length).toBeGreaterThan(tuned.size / 2);

  // The link says that it works on this device only, and another device cannot use it.
  await expect(visitor.part("link-own-model")).toContainText("this link works only here");
  const link = (await visitor.part("share-link").getAttribute("href")) ?? "";
  const other = new Visitor(await (await browser.newContext()).newPage());
  await other.page.goto(link);
  await other.expectState("error");
  await expect(other.part("status")).toContainText("model that this page does not have");
  await other.page.context().close();

  await visitor.part("model").selectOption(START);
  await visitor.run();
  const [startModel, startOutput] = await hashes(visitor);
  expect(startModel).not.toBe(model);
  expect(startOutput).not.toBe(output);
  await visitor.unfold("compare");
  await visitor.part("compare-model").selectOption(`${START}-tuned`);
  await visitor.expectState("done");
  await expect(visitor.part("distance")).toHaveText(/PSNR \d\d\.\d\d dB/);
  await visitor.unfold("score");
  await visitor.part("score-run").click();
  await expect(visitor.part("score-csv")).toBeVisible();
  await visitor.expectState("done");
  await expect(visitor.part("score-table").locator("tr", { hasText: `${START}-tuned` })).toHaveCount(1);
});

async function hashes(visitor: Visitor): Promise<[model: string, output: string]> {
  const text = await visitor.part("report").innerText();
  return [/Model SHA-256\s+([0-9a-f]{64})/.exec(text)?.[1] ?? "", await visitor.outputHash()];
}

test("what cannot be trained on is refused in words, and nothing starts", async ({ page }) => {
  await visitor.openDialog();
  const status = visitor.part("finetune-status");
  await visitor.part("finetune-start").click();
  await expect(status).toHaveText("Choose at least one picture to fine-tune on.");

  const refusals = visitor.part("finetune-refusals");
  const bad = [
    awkwardFile("README.md"),
    awkwardFile("truncated.png"),
    awkwardFile("1x1.png"),
    demo("fur"),
    demo("fur"),
  ];
  await visitor.choosePictures(bad, 1);
  await expect(refusals.locator("li")).toHaveCount(3);
  await expect(refusals).toContainText("README.md: ");
  await expect(refusals).toContainText("1x1.png: The picture is too small (1 × 1 pixels)");
  await page.getByRole("button", { name: /remove fur\.png/i }).click();
  await expect(visitor.part("finetune-pictures")).toHaveCount(0);

  // The rest of it is smaller than the smallest patch.
  await visitor.part("finetune-files").setInputFiles({
    name: "small.bmp",
    mimeType: "image/bmp",
    buffer: noise(20, 18),
  });
  await expect(visitor.part("finetune-count")).toHaveText("1 picture");
  await visitor.part("finetune-start").click();
  await expect(status).toContainText(
    "small.bmp: The picture is too small. With fewer than 5 pictures, a quarter of each is kept",
  );

  const many = Array.from({ length: 53 }, (_, index) => ({
    name: `${index}.bmp`,
    mimeType: "image/bmp",
    buffer: noise(66, 66),
  }));
  await visitor.part("finetune-files").setInputFiles(many);
  await expect(visitor.part("finetune-count")).toHaveText("50 pictures");
  await expect(refusals).toContainText("At most 50 pictures can be used: 4 were left out.");

  for (const [name, trouble] of [
    ["", "needs a name"],
    ["my model", "letters, digits, hyphens, dots and underscores"],
    ["splitsr-x2", "A model called splitsr-x2 already exists"],
  ] as const) {
    await visitor.part("finetune-name").fill(name);
    await visitor.part("finetune-start").click();
    await expect(status).toContainText(trouble);
  }
});

test("it says when there is too little to tell by, and when it has stopped getting better", async ({ page }) => {
  await visitor.openDialog();
  // A quarter of this demo picture is held out, and is smaller than a tile.
  const part = await page.evaluate(async () => {
    const bitmap = await createImageBitmap(await (await fetch("demo/sign.png")).blob(), 100, 60, 120, 100);
    const canvas = new OffscreenCanvas(120, 100);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()));
  });
  const small = { name: "small.png", mimeType: "image/png", buffer: Buffer.from(part) };
  await visitor.part("finetune-files").setInputFiles(small);
  await expect(visitor.part("finetune-count")).toHaveText("1 picture");
  await visitor.unfoldSettings();
  await visitor.set("tune-steps", "90");
  // At such a low rate, nothing is learnt.
  await visitor.set("tune-rate", "0.000001");
  await visitor.part("finetune-start").click();
  await expect(visitor.part("finetune-facts")).toContainText("That is too little for a reliable score");
  await expect(visitor.part("finetune-status")).toContainText("The score has stopped improving");
});

test("pictures can be dropped on the dialog, and settings stay in their range", async ({ page }) => {
  await visitor.openDialog();
  const files = await dataTransfer(page, demo("fur"), "fur.png", "image/png");
  await page.dispatchEvent("dialog.finetune .body", "drop", { dataTransfer: files });
  await expect(visitor.part("finetune-count")).toHaveText("1 picture");
  await visitor.expectState("idle");
  await expect(visitor.part("status")).toHaveText("Open a picture to start.");

  await visitor.unfoldSettings();
  await page.getByRole("radio", { name: /quick/i }).check();
  await expect(visitor.part("tune-steps")).toHaveValue("150");
  await visitor.set("tune-patch", "9999");
  await expect(visitor.part("tune-patch")).toHaveValue("128");
  await visitor.set("tune-jpeg", "0");
  await expect(visitor.part("tune-jpeg")).toHaveValue("1");
  await visitor.part("tune-chroma").selectOption("half");
  await expect(visitor.part("tune-chroma")).toHaveValue("half");
  await visitor.set("tune-jpeg", "");
  await expect(visitor.part("tune-jpeg")).toHaveValue("");
  await expect(visitor.part("tune-chroma")).toBeHidden();
  await visitor.part("tune-degradation").selectOption("random");
  await expect(visitor.part("tune-jpeg")).toBeHidden();
  await visitor.part("tune-degradation").selectOption("same");
});

test("hyper-parameters without weights are trained, from the nearest model that has some", async ({ page }) => {
  test.slow();
  await visitor.part("model").selectOption("splitsr-x2");
  await visitor.unfold("network");
  await visitor.part("hybrid-index").selectOption("5");
  await visitor.part("block").selectOption("ghost");
  await expect(visitor.part("status")).toContainText("train this network under Fine-tune");
  await visitor.openDialog();
  const about = visitor.part("finetune-network");
  await expect(about).toHaveText(/: block ghost\. It takes over the weights that fit from\s+SplitSR ×2 \(balanced\)\s/);
  await expect(visitor.part("finetune-name")).toHaveValue("splitsr-x2-hi5-variant");
  await expect(visitor.part("tune-rate")).toHaveValue("0.002");
  await expect(visitor.part("tune-trained")).toHaveCount(0);
  await visitor.part("finetune-close").click();

  // A smaller run, to the end.
  await visitor.part("model").selectOption(START);
  await visitor.part("split-ratio").selectOption("0.375");
  await expect(visitor.part("run")).toBeDisabled();
  await visitor.makeModel(40);
  await expect(visitor.part("finetune-saved")).toHaveText(
    /Best at step [1-9]\d*: [\d.]+ dB on what .* \([+−][\d.]+ dB against /,
  );
  await expect(visitor.part("model")).toHaveValue(`${START}-variant`);
  await expect(visitor.part("split-ratio")).toHaveValue("0.375");
  await expect(visitor.part("split-ratio").locator("option:checked")).toHaveText(/✓/);
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await expect(page.locator("#panel")).toContainText("a new network started from SplitSR ×2 (fast)");
});

test("the network that is chosen of an elastic model is trained, from the nearest model that is one", async () => {
  await visitor.part("model").selectOption("splitsr-elastic-x2");
  await visitor.part("split-ratio").fill("0.5");
  await visitor.openDialog();
  const about = visitor.part("finetune-network");
  await expect(about).toHaveText(
    /: split ratio 1\/2\. It takes over the weights that fit from\s+SplitSR ×2 \(best\)\s/,
  );
  await expect(visitor.part("finetune-name")).toHaveValue("splitsr-x2-variant");
  await visitor.part("finetune-close").click();
  // A model with the same network is fine-tuned as it is.
  await visitor.part("split-ratio").fill("0.25");
  await visitor.openDialog();
  await expect(about).toHaveCount(0);
  await expect(visitor.part("finetune-name")).toHaveValue("splitsr-x2-tuned");
});

test("the page is never held up while it fine-tunes", { tag: "@alone" }, async () => {
  await visitor.setUp(2000);
  await visitor.begin();
  await visitor.watchTasks();
  // Code that blocks the page does so each time; a busy machine doesn't.
  const spans: number[] = [];
  while (spans.length < 4 && !spans.includes(0)) {
    await visitor.forgetTasks();
    await visitor.expectStepFrom((await visitor.step()) + 25);
    spans.push(await visitor.longestTask());
  }
  expect(Math.min(...spans), `longest tasks, ms: ${spans.join(", ")}`).toBe(0);
});

for (const [device, viewport] of [
  ["desktop", { width: 1280, height: 800 }],
  ["phone", { width: 390, height: 844 }],
  ["phone on its side", { width: 844, height: 390 }],
] as const) {
  test.describe(device, () => {
    test.use({ viewport });

    test("axe finds nothing in the dialog, light or dark, and it fits", async ({ page }) => {
      const expectFine = async (state: string) => {
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          expect(await violations(page), `${state}, ${colorScheme}`).toEqual([]);
        }
        const widths = await page.evaluate(() => {
          const body = document.querySelector(".finetune[open] .body") ?? document.documentElement;
          return [body.scrollWidth - body.clientWidth, document.documentElement.scrollWidth - innerWidth];
        });
        expect(widths, state).toEqual([0, 0]);
      };
      await visitor.openDialog();
      await expectFine("empty");
      await visitor.part("finetune-start").click();
      await visitor.choosePictures([demo("fur"), demo("portrait"), awkwardFile("1x1.png")], 2);
      await visitor.unfoldSettings();
      await expectFine("set up");
      await visitor.set("tune-steps", "2000");
      await visitor.begin();
      await visitor.expectStepFrom(12);
      await visitor.part("finetune-pause").click();
      await visitor.expectPhase("paused");
      await expectFine("paused");
      await visitor.part("finetune-stop").click();
      await visitor.expectPhase("done");
      await expectFine("done");
      await visitor.part("finetune-save").click();
      await expect(visitor.part("finetune-saved")).toBeVisible();
      await expectFine("saved");
    });
  });
}

test("how long the training may take is said before it starts, where that is known", async () => {
  await visitor.openDialog();
  const time = visitor.part("finetune-time");
  await expect(time).toHaveText("How long it takes is known after the first steps.");
  await visitor.part("finetune-close").click();
  await visitor.unfold("device");
  await visitor.part("backend").selectOption("cpu");
  await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(64, 48) });
  await visitor.run();
  await visitor.openDialog();
  await expect(time).toHaveText(/^It may take \d+ to \d+ (s|min|h) on this device\.$/);
  /** The upper estimate, in seconds. */
  const maxSeconds = async () => {
    const [, number, unit = ""] = /(\d+) (s|min|h) on/.exec(await time.innerText()) ?? [];
    return Number(number) * ({ s: 1, min: 60, h: 3600 }[unit] ?? NaN);
  };
  const normal = await maxSeconds();
  await visitor.unfoldSettings();
  await visitor.set("tune-steps", "6000");
  expect(await maxSeconds()).toBeGreaterThan(5 * normal);
});
