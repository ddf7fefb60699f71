/** The page: every way in, every way out, and what a visitor may do in between. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { unzipSync } from "fflate";
import { awkwardFile, command, dataFolder, dataTransfer, noise, TINY, Visitor } from "./support.ts";

const fur = join(dataFolder, "demo/fur.png");

/** The command finds the models from here. */
const models = resolve(import.meta.dirname, "../..");

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

test("a file is enlarged and downloaded as a file of the result's size", async ({ page }) => {
  await visitor.chooseFile(fur);
  await visitor.expectState("idle");
  await expect(visitor.part("status")).toHaveText(/^Ready.* 372 × 280 .* 744 × 560 /);
  await visitor.run();
  expect(await visitor.resultSize()).toEqual([744, 560]);
  await expect(visitor.part("report")).toContainText(/CPU/);

  for (const [format, ending, magic] of [
    ["PNG", "png", "89504e47"],
    ["JPEG", "jpg", "ffd8ff"],
    ["WebP", "webp", "52494646"],
  ] as const) {
    await visitor.format.selectOption(format);
    const [download] = await Promise.all([page.waitForEvent("download"), visitor.part("download").click()]);
    expect(download.suggestedFilename()).toBe(`fur-2x.${ending}`);
    await expect(visitor.part("status")).toHaveText(`Saved fur-2x.${ending}.`);
    const bytes = await readFile(await download.path());
    expect(bytes.toString("hex")).toMatch(new RegExp(`^${magic}`));
    const size = await page.evaluate(async (base64) => {
      const content = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const { width, height } = await createImageBitmap(new Blob([content]));
      return [width, height];
    }, bytes.toString("base64"));
    expect(size).toEqual([744, 560]);
  }
});

test("a picture can be dropped anywhere", async ({ page }) => {
  const files = await dataTransfer(page, fur, "fur.png", "image/png");
  await page.dispatchEvent("#panel", "drop", { dataTransfer: files });
  await expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280/);
  await visitor.run();
  expect(await visitor.resultSize()).toEqual([744, 560]);
});

test("several pictures become one zip; failures are reported, and a cancelled batch can be continued", async ({
  page,
}, info) => {
  test.slow();
  const broken = awkwardFile("corrupt_data.png");
  const second = info.outputPath("second.bmp");
  await writeFile(second, noise(300, 200));
  await visitor.part("file-input").setInputFiles([fur, second, awkwardFile("rgba16.png"), broken, fur]);
  await visitor.expectState("idle");
  const items = visitor.part("batch").locator("li");
  await expect(items).toHaveCount(5);
  await expect(visitor.format).toBeVisible();
  const cancelled = visitor.actWhen({ selector: "[data-testid=batch] li[data-state=done]" }, "cancel");
  await visitor.part("batch-run").click();
  await cancelled;
  await expect(items.nth(0)).toHaveAttribute("data-state", "done");
  await expect(items.nth(1)).toHaveAttribute("data-state", "waiting");
  // Results stay when a file cannot be read, and when a setting is changed and changed back.
  await visitor.chooseFile(broken);
  await visitor.expectState("error");
  await visitor.part("zoom").fill("3");
  await expect(items.nth(0)).toHaveAttribute("data-state", "waiting");
  await visitor.part("zoom").fill("2");
  await expect(items.nth(0)).toHaveAttribute("data-state", "done");
  await expect(visitor.part("batch-run")).toHaveText("Enlarge the remaining 4");
  const [download] = await Promise.all([page.waitForEvent("download"), visitor.part("batch-run").click()]);
  await expect(visitor.part("status")).toHaveText(/^Saved 4 of 5 pictures\. 1 could not be enlarged/);
  await expect(items.nth(3)).toContainText("corrupt_data.png");
  await expect(items.nth(3)).toHaveAttribute("data-state", "failed");
  expect(download.suggestedFilename()).toBe("pictures-2x.zip");
  const files = unzipSync(await readFile(await download.path()));
  expect(Object.keys(files)).toEqual(["fur-2x.png", "second-2x.png", "rgba16-2x.png", "fur-2x (2).png"]);
  for (const bytes of Object.values(files)) expect(Buffer.from(bytes.subarray(0, 4)).toString("hex")).toBe("89504e47");
});

test("a picture can be pasted", async ({ page }) => {
  const files = await dataTransfer(page, fur, "fur.png", "image/png");
  await files.evaluate((clipboardData) =>
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true })),
  );
  await expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280/);
});

test("a drop without a file is reported", async ({ page }) => {
  const nothing = await page.evaluateHandle(() => new DataTransfer());
  await page.dispatchEvent("body", "drop", { dataTransfer: nothing });
  await visitor.expectState("error");
  await expect(visitor.part("status")).toContainText("not a picture file");
});

test("a zoom can be a fraction, by number and by slider", async ({ page }) => {
  await visitor.chooseDemo("Portrait");
  await visitor.part("zoom").fill("2.37");
  await visitor.run();
  expect(await visitor.resultSize()).toEqual([Math.round(320 * 2.37), Math.round(400 * 2.37)]);

  await page.getByRole("slider", { name: "Enlarge by" }).press("Home");
  await expect(visitor.part("zoom")).toHaveValue("1");
  await visitor.run();
  expect(await visitor.resultSize()).toEqual([320, 400]);

  await visitor.part("zoom").fill("17");
  await visitor.expectState("error");
  await expect(visitor.part("run")).toBeDisabled();
});

test("typing into a field replaces its number", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  for (const [field, keys, zoom] of [
    ["zoom", "4", "4"],
    ["width", "1116\n", "3"],
    ["height", "560\n", "2"],
  ] as const) {
    await visitor.part(field).click();
    await page.keyboard.type(keys);
    await expect(visitor.part("zoom")).toHaveValue(zoom);
  }
});

test("the model's passes are cascaded above its scale", async () => {
  await visitor.chooseDemo("Fur");
  await visitor.part("zoom").fill("3.5");
  await visitor.run();
  expect(await visitor.resultSize()).toEqual([1302, 980]);
  await expect(visitor.part("report")).toContainText("splitsr-tiny-x2");
});

test("the model follows the zoom until one is chosen", async () => {
  await visitor.open();
  const expectModel = (name: string) => expect(visitor.part("model")).toHaveValue(name);
  await expectModel("splitsr-x2");
  await visitor.part("zoom").fill("2.5");
  await expectModel("splitsr-x3");
  await visitor.part("zoom").fill("16");
  await expectModel("splitsr-x4");
  await visitor.part("zoom").fill("1.5");
  await expectModel("splitsr-x2");
  await visitor.part("model").selectOption("splitsr-x4");
  await visitor.part("zoom").fill("1.2");
  await expectModel("splitsr-x4");
});

test("hyper-parameters choose among the trained models, and random weights are never run", async ({ page }) => {
  await visitor.open();
  await visitor.chooseDemo("Fur");
  await visitor.unfold("network");
  await expect(visitor.part("network-facts")).toContainText("161,751 parameters; 37.3 billion multiply-adds");
  await visitor.part("hybrid-index").selectOption("5");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2-hi5");
  await expect(page).toHaveURL(/hi=5/);
  await visitor.run();
  await expect(visitor.part("report")).toContainText("splitsr-x2-hi5");

  await visitor.part("block").selectOption("ghost");
  await expect(visitor.part("status")).toContainText("This network has not been trained");
  await expect(visitor.part("run")).toBeDisabled();
  await expect(visitor.part("network-facts")).toContainText("parameters");
  const link = await visitor.address();
  expect(link).toMatch(/model=splitsr-x2-hi5&hi=5&block=ghost/);
  await visitor.part("hybrid-index").selectOption("7");
  await expect(visitor.part("run")).toBeDisabled();
  await visitor.part("block").selectOption("split");
  await expect(visitor.part("model")).toHaveValue("splitsr-x2-hi7");
  await expect(visitor.part("run")).toBeEnabled();

  // The link shows the network that it names, and enlarges nothing.
  await visitor.open(link.slice(link.indexOf("#")));
  await expect(visitor.part("block")).toHaveValue("ghost");
  await visitor.expectState("idle");
  await visitor.open("#model=srcnn-x2");
  await expect(visitor.part("split-ratio")).toHaveCount(0);
  await visitor.open("#img=demo:fur&a=1.51");
  await visitor.expectState("error");
});

test("the result's size can be chosen in pixels", async () => {
  await visitor.chooseDemo("Portrait");
  await visitor.part("width").fill("1000");
  await visitor.part("width").press("Tab");
  await expect(visitor.part("zoom")).toHaveValue("3.125");
  await expect(visitor.part("height")).toHaveValue("1250");
  await visitor.part("height").fill("613");
  await visitor.part("height").press("Tab");
  await visitor.run();
  expect(await visitor.resultSize()).toEqual([490, 613]);
  await visitor.part("width").fill("100000");
  await visitor.part("width").press("Tab");
  await visitor.expectState("error");
});

test("metadata is left out unless it is asked for", async ({ page }) => {
  await visitor.chooseFile(awkwardFile("exif_orientation_6.jpg"));
  await visitor.expectState("idle");
  await visitor.run();
  await visitor.format.selectOption("JPEG");
  const download = async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), visitor.part("download").click()]);
    return (await readFile(await download.path())).includes("Exif");
  };
  expect(await download()).toBe(false);
  await visitor.part("keep-metadata").check();
  expect(await download()).toBe(true);
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await expect(visitor.part("keep-metadata")).toHaveCount(0);
});

test("the result is compared with a resizer and with another model", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.unfold("compare");
  await visitor.part("compare-model").selectOption("bicubic");
  await visitor.run();
  const distance = visitor.part("distance");
  await expect(distance).toHaveText(
    /PSNR \d\d\.\d\d dB, SSIM 0\.\d{4}\. Values from 0 to 255 differ by [\d.]+ on average and by at most \d+/,
  );
  await expect(page.locator(".tag-before")).toHaveText("Bicubic");
  const withBicubic = await distance.textContent();

  await visitor.part("diff").check();
  await visitor.expectState("done");
  await expect(page.locator("#stage")).toHaveAttribute("data-shows", "difference");
  const heat = page.locator(".layer.heat canvas");
  const [dark, bright] = await heat.evaluate((canvas: HTMLCanvasElement) => {
    const values = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    const reds = Array.from(values).filter((_, index) => index % 4 === 0);
    return [Math.min(...reds.slice(0, 100_000)), reds.reduce((max, red) => Math.max(max, red), 0)];
  });
  expect([dark, bright]).toEqual([0, 255]);

  // The link shows the same comparison.
  const link = await visitor.address();
  expect(link).toContain("with=bicubic&diff=1");
  await visitor.open(link.slice(link.indexOf("#")));
  await visitor.expectState("done");
  await expect(distance).toHaveText(withBicubic ?? "");
  await expect(page.locator("#stage")).toHaveAttribute("data-shows", "difference");

  await visitor.part("diff").uncheck();
  await visitor.part("compare-model").selectOption("splitsr-tiny-x2");
  await visitor.expectState("done");
  await expect(distance).toHaveText("The two are identical.");
  await visitor
    .part("rivals")
    .getByRole("button", { name: /original/i })
    .click();
  await expect(distance).toHaveCount(0);
  await expect(page.locator(".tag-before")).toHaveText(/^Original/);
});

test("a part of the picture is enlarged alone, at once", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.tool("region").click();
  const canvas = page.locator(".layer.before canvas");
  const box = await canvas.boundingBox();
  if (!box) throw new Error("there is a picture");
  const scale = box.width / 372;
  const at = (x: number, y: number) => [box.x + x * scale, box.y + y * scale] as const;
  await page.mouse.move(...at(100.5, 80.5));
  await page.mouse.down();
  await page.mouse.move(...at(150, 120), { steps: 4 });
  await page.mouse.move(...at(179.5, 139.5), { steps: 4 });
  await page.mouse.up();
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual([160, 120]);
  await expect(page).toHaveURL(/part=100,80,80,60/);
  // It is in its place, and equals the result of the part as a separate picture.
  const result = await visitor.part("result").boundingBox();
  expect(Math.abs((result?.x ?? 0) - at(100, 80)[0])).toBeLessThan(1);
  expect(result?.width).toBeCloseTo(80 * scale, 0);

  const link = await visitor.address();
  await visitor.open(link.slice(link.indexOf("#")));
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual([160, 120]);
  await visitor.whole.click();
  await visitor.expectState("idle");
  await expect(visitor.part("status")).toHaveText(/^Ready.* 372 × 280 .* 744 × 560 /);

  // By keyboard, the middle of the visible part is marked.
  await page.locator(".viewport").press("1");
  await page.locator(".viewport").press("+");
  for (let press = 0; press < 6; press++) await page.locator(".viewport").press("+");
  await visitor.tool("region").press("Enter");
  await visitor.expectState("done");
  expect((await visitor.resultSize())[0]).toBeLessThan(744 / 3);
  await visitor.open("#img=demo:fur&part=300,200,500,60");
  await visitor.expectState("error");
  await expect(visitor.part("status")).toContainText("not inside the picture");
});

test("two pictures can be seen side by side", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await visitor.tool("beside").click();
  const places = () =>
    Promise.all([".before", ".after"].map((layer) => page.locator(`.layer${layer} canvas`).boundingBox()));
  const [before, after] = await places();
  if (!before || !after) throw new Error("there are two pictures");
  expect(after.x).toBeGreaterThanOrEqual(before.x + before.width);
  expect(after.width).toBeCloseTo(before.width, 0);
  expect(after.y).toBeCloseTo(before.y, 0);
  // They move together.
  await page.locator(".viewport").press("ArrowLeft");
  const [moved, movedToo] = await places();
  expect([moved?.x, movedToo?.x]).toEqual([before.x + 60, after.x + 60]);
});

test("the loupe magnifies both pictures under the pointer", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await visitor.tool("loupe").click();
  const canvas = page.locator(".loupe canvas");
  const halves = () =>
    canvas.evaluate((canvas: HTMLCanvasElement) => {
      const mean = (left: number) => {
        const data = canvas.getContext("2d")?.getImageData(left, 60, 100, 100).data ?? [];
        return Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
      };
      return [mean(5), mean(115)];
    });
  const box = await visitor.part("result").boundingBox();
  if (!box) throw new Error("there is a result");
  // Over the divider too, where left and right look alike.
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.2);
  const [before = 0, after = 0] = await halves();
  expect(before).toBeGreaterThan(64);
  expect(Math.abs(after - before)).toBeLessThan(30);
  const middle = (await canvas.boundingBox()) ?? box;
  expect(middle.x + middle.width / 2).toBeCloseTo(box.x + box.width * 0.5, 0);
  expect(middle.y + middle.height / 2).toBeCloseTo(box.y + box.height * 0.2, 0);
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.9);
  expect(await halves()).not.toEqual([before, after]);
  await visitor.tool("loupe").click();
  await expect(page.locator(".loupe")).toBeHidden();
});

test("a picture is scored against the original", async ({ page }) => {
  test.slow();
  await visitor.chooseDemo("Fur");
  await visitor.unfold("score");
  await visitor.part("score-scale").selectOption("4");
  await visitor.part("score-run").click();
  await expect(visitor.part("status")).toHaveText(/^Scored \d+ methods: see the table\.$/);
  await visitor.expectState("idle");
  const row = async (name: string) => {
    const cells = visitor.part("score-table").locator("tr", { hasText: name }).locator("td");
    return (await cells.allTextContents()).map(Number);
  };
  const [bicubic = 0] = await row("Bicubic");
  const [ours = 0, ssim = 0, milliseconds = 0] = await row("SplitSR ×4 (best)");
  expect(ours).toBeGreaterThan(bicubic + 0.3);
  expect(ssim).toBeGreaterThan(0.5);
  expect(milliseconds).toBeGreaterThan(1);
  // By the command.
  const folder = mkdtempSync(join(tmpdir(), "splitsr-"));
  copyFileSync(fur, join(folder, "fur.png"));
  for (const [model, expected] of [
    ["bicubic", bicubic],
    ["splitsr-x4", ours],
  ] as const) {
    const said = execFileSync(command(), ["eval", "--model", model, "--scale", "4", "--json", folder], { cwd: models });
    const { sets } = JSON.parse(said.toString()) as { sets: { psnr_y: number }[] };
    expect(Math.abs((sets[0]?.psnr_y ?? 0) - expected), model).toBeLessThan(0.02);
  }
  rmSync(folder, { recursive: true });

  const save = async (testId: string) => {
    const [download] = await Promise.all([page.waitForEvent("download"), visitor.part(testId).click()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };
  const csv = await save("score-csv");
  expect(csv.name).toBe("fur-x4.csv");
  expect(csv.bytes.toString()).toMatch(
    /^name,psnr_y,ssim_y,milliseconds,params,macs_720p,split_ratio,hybrid_index,hybrid_mode\n(.+\n)*splitsr-x4,\d/,
  );
  const png = await save("score-png");
  expect(png.bytes.subarray(0, 4).toString("hex")).toBe("89504e47");
  expect(png.bytes.length).toBeGreaterThan(5_000);
});

test("nothing is asked of another origin", async ({ page }) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "blob:" && origin !== new URL(page.url()).origin) foreign.push(request.url());
  });
  const violations: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") violations.push(message.text());
  });
  await visitor.chooseDemo("Print");
  await visitor.run();
  expect(foreign).toEqual([]);
  expect(violations).toEqual([]);
});

test("the codecs are loaded where the browser's would lose something, and not before", async ({ page }) => {
  const bundles = new Set<string>();
  page.on("request", (request) => {
    if (request.url().endsWith(".wasm")) bundles.add(request.url());
  });
  await visitor.open();
  const download = async (format: string) => {
    await visitor.format.selectOption(format);
    await Promise.all([page.waitForEvent("download"), visitor.part("download").click()]);
  };
  for (const demo of ["Sign", "Print", "Fur", "Foliage", "Façade", "Portrait"]) await visitor.chooseDemo(demo);
  await visitor.run();
  await download("PNG");
  expect(bundles.size, "the engine alone").toBe(1);
  await download("JPEG");
  expect(bundles.size).toBe(2);

  bundles.clear();
  await visitor.open();
  await visitor.chooseFile(awkwardFile("rgba16.png"));
  await expect(visitor.part("status")).toHaveText(/^Ready/);
  expect(bundles.size).toBe(2);
});

test("everything can be done by keyboard", async ({ page }) => {
  await page.getByRole("button", { name: "Foliage" }).focus();
  await page.keyboard.press("Enter");
  await visitor.expectState("idle");
  await visitor.part("run").focus();
  await page.keyboard.press("Enter");
  await visitor.expectState("done");

  const divider = visitor.divider;
  await divider.press("ArrowRight");
  await expect(divider).toHaveAttribute("aria-valuenow", "52");
  const percent = page.locator(".percent");
  await page.locator(".viewport").press("1");
  await expect(percent).toHaveText("200 %");
  await page.locator(".viewport").press("+");
  await expect(percent).toHaveText("250 %");
  await page.locator(".viewport").press("0");
  await expect(percent).not.toHaveText("250 %");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a demo picture is enlarged and compared by touch", async ({ page }) => {
    await page.getByRole("button", { name: "Portrait" }).tap();
    await visitor.expectState("idle");
    await expect(visitor.part("run")).toBeInViewport();
    await visitor.part("run").tap();
    await visitor.expectState("done");
    await expect(visitor.part("result")).toBeInViewport();
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(widest).toBe(390);
  });
});

test("the page links to the documentation where that was made", async ({ page }) => {
  const link = page.getByRole("link", { name: "Manual and reference" });
  let head = "";
  await page.route("/", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<link rel="help"[^>]*>/, "").replace("</head>", `${head}</head>`);
    await route.fulfill({ response, body });
  });
  await page.reload();
  await visitor.expectState("idle");
  await expect(link).toHaveCount(0);
  head = '<link rel="help" href="./docs/index.html" />';
  await page.reload();
  await expect(link).toHaveAttribute("href", new URL("docs/index.html", page.url()).href);
});
