/** The page, in every browser. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { unzipSync } from "fflate";
import { awkwardFile, dataFolder } from "../support.ts";
import { part, test, type Visitor } from "./smoke.ts";

/** The fragment that chooses a small model, for cases in which the network does not matter. */
const small = "#model=splitsr-tiny-x2";

const demo = (name: string) => join(dataFolder, "demo", `${name}.png`);

/** A picture's difference from the result that the page shows. */
function difference({ driver }: Visitor, file: Buffer): Promise<{ size: [number, number]; max: number; mean: number }> {
  return driver.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
    const { width, height } = bitmap;
    const other = new OffscreenCanvas(width, height).getContext("2d");
    other?.drawImage(bitmap, 0, 0);
    const result = document.querySelector<HTMLCanvasElement>("[data-testid=result]")?.getContext("2d");
    if (!other || !result) throw new Error("no canvas");
    // Copies: by Marionette, each look at an array of the page's takes long.
    const [a, b] = [other, result].map(
      (context) => new Uint8ClampedArray(context.getImageData(0, 0, width, height).data),
    ) as [Uint8ClampedArray, Uint8ClampedArray];
    let [max, sum] = [0, 0];
    for (const [index, value] of a.entries()) {
      const off = Math.abs(value - (b[index] ?? 0));
      max = Math.max(max, off);
      sum += off;
    }
    return { size: [width, height], max, mean: sum / a.length };
  }, file.toString("base64"));
}

test("a file is opened and enlarged", async ({ visitor }) => {
  await visitor.open();
  await visitor.driver.setFiles(part("file-input"), [demo("fur")]);
  await visitor.expectText(part("status"), /^Ready.* 372 × 280 .* 744 × 560 /);
  await visitor.run();
  expect(await visitor.resultSize()).toEqual([744, 560]);
  expect(await visitor.text(part("report"))).toMatch(/CPU/);
});

test("a dropped picture is opened", async ({ visitor }) => {
  await visitor.open();
  await visitor.driver.evaluate(
    (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], "fur.png", { type: "image/png" }));
      const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector("#panel")?.dispatchEvent(drop);
    },
    readFileSync(demo("fur")).toString("base64"),
  );
  await visitor.expectText(part("status"), /^Ready: 372 × 280/);
});

test("a file that cannot be read is refused in words, and the page still works", async ({ visitor }) => {
  await visitor.open(small);
  await visitor.driver.setFiles(part("file-input"), [awkwardFile("corrupt_data.png")]);
  await visitor.expectState("error");
  expect(await visitor.text(part("status"))).toMatch(/cannot be decoded/);
  await visitor.chooseDemo("Fur");
  await visitor.run();
});

test("enlarging is cancelled, and begun again", async ({ visitor }) => {
  await visitor.open();
  await visitor.chooseDemo("Fur");
  await visitor.driver.fill(part("zoom"), "8");
  await visitor.driver.click(part("run"));
  await visitor.expectState("working");
  await visitor.driver.click(part("cancel"));
  await visitor.expectText(part("status"), /^Cancelled/);
  await visitor.driver.fill(part("zoom"), "1.5");
  await visitor.run();
  expect(await visitor.resultSize()).toEqual([558, 420]);
});

test("the window shows the result", async ({ visitor }) => {
  // The divider is at the left edge, and a pixel of the result is one of the window.
  await visitor.open(`${small}&img=demo:sign&zoom=2`);
  await visitor.expectState("done");
  await visitor.driver.click(".toolbar [data-action=actual]");
  await visitor.driver.evaluate(() => {
    const key = new KeyboardEvent("keydown", { key: "Home", bubbles: true });
    document.querySelector("#stage .divider")?.dispatchEvent(key);
  });
  await visitor.expectAttribute("#stage .divider", "aria-valuenow", "0");
  const screenshot = Buffer.from(await visitor.driver.screenshot()).toString("base64");
  const seen = await visitor.driver.evaluate(async (base64) => {
    const canvas = document.querySelector<HTMLCanvasElement>("[data-testid=result]");
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
    const screen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    screen?.drawImage(bitmap, 0, 0);
    if (!canvas) throw new Error("no result");
    const box = canvas.getBoundingClientRect();
    const side = 200;
    // From its middle.
    const [left, top] = [canvas.width / 2 - side / 2, canvas.height / 2 - side / 2];
    const result = canvas.getContext("2d")?.getImageData(left, top, side, side).data ?? [];
    const shown = screen?.getImageData(Math.round(box.x + left), Math.round(box.y + top), side, side).data ?? [];
    let sum = 0;
    for (let index = 0; index < result.length; index++) sum += Math.abs((result[index] ?? 0) - (shown[index] ?? 0));
    return { magnification: box.width / canvas.width, mean: sum / (4 * side * side) };
  }, screenshot);
  expect(seen.magnification).toBe(1);
  expect(seen.mean).toBeLessThan(1);
});

test("the result is compared with a resizer", async ({ visitor }) => {
  await visitor.open(small);
  await visitor.chooseDemo("Fur");
  await visitor.choose(part("compare-model"), "bicubic");
  await visitor.run();
  await visitor.expectText(part("distance"), /PSNR \d\d\.\d\d dB, SSIM 0\.\d{4}/);
  await visitor.driver.click(part("diff"));
  await visitor.expectAttribute("#stage", "data-shows", "difference");
  const range = await visitor.driver.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".layer.heat canvas");
    const values = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    const reds = Array.from(values).filter((_, index) => index % 4 === 0);
    return [reds.reduce((min, red) => Math.min(min, red), 255), reds.reduce((max, red) => Math.max(max, red), 0)];
  });
  expect(range).toEqual([0, 255]);
});

/**
 * Each format's name, ending, first bytes, and how far a file may be from the result, in levels on
 * average.
 */
const formats = [
  ["PNG", "png", "89504e47", 0],
  ["JPEG", "jpg", "ffd8ff", 3],
  ["WebP", "webp", "52494646", 3],
  ["WebP, lossless", "webp", "52494646", 0],
] as const;

test("the result is saved in each format", async ({ visitor }, info) => {
  await visitor.open(small);
  await visitor.driver.setFiles(part("file-input"), [demo("fur")]);
  await visitor.expectText(part("status"), /^Ready/);
  await visitor.run();
  for (const [label, ending, magic, levels] of formats) {
    if (label === "WebP" && info.project.name === "webkit") {
      expect(await visitor.text(`option[value=${label}]:disabled`)).toContain("not in this browser");
      continue;
    }
    await visitor.choose("select[aria-label='File format']", label);
    const { name, bytes } = await visitor.save();
    expect(name).toBe(`fur-2x.${ending}`);
    expect(bytes.toString("hex", 0, 8)).toMatch(new RegExp(`^${magic}`));
    const { size, mean } = await difference(visitor, bytes);
    expect(size, label).toEqual([744, 560]);
    expect(mean, label).toBeLessThanOrEqual(levels);
  }
});

test("several pictures become one zip", async ({ visitor }) => {
  await visitor.open(small);
  const files = [demo("fur"), awkwardFile("corrupt_data.png"), awkwardFile("rgba16.png")];
  await visitor.driver.setFiles(part("file-input"), files);
  const { name, bytes } = await visitor.save("batch-run");
  expect(name).toBe("pictures-2x.zip");
  expect(Object.keys(unzipSync(bytes))).toEqual(["fur-2x.png", "rgba16-2x.png"]);
  await visitor.expectText(part("status"), /^Saved 2 of 3 pictures\. 1 could not be enlarged/);
});

test("a link to a part gives that part", async ({ visitor }) => {
  await visitor.open("#img=demo:fur&part=100,80,80,60");
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual([160, 120]);
});

test("a verified link is reproduced in every browser", async ({ visitor }, info) => {
  await visitor.open(small);
  await visitor.chooseDemo("Fur");
  await visitor.driver.fill(part("zoom"), "1.7");
  await visitor.run();
  await visitor.driver.click(part("verify"));
  await visitor.expectText(part("verdict"), /link now contains the check value/);
  const link = (await visitor.attribute(part("share-link"), "href")) ?? "";
  const fragment = link.slice(link.indexOf("#"));
  expect(fragment).toMatch(/sum=[0-9a-f]{32}-[0-9a-f]{32}(&|$)/);

  // The browsers run one after another, and each opens the link that the first one made.
  const file = join(info.project.outputDir, "link.txt");
  if (!existsSync(file)) writeFileSync(file, fragment);
  await visitor.open(readFileSync(file, "utf8"));
  await visitor.expectText(part("verdict"), /^Reproduced exactly\./);
});

test("a model is fine-tuned for 20 steps, kept, and enlarges", async ({ visitor }) => {
  const start = "splitsr-tiny-x2";
  await visitor.open(`#model=${start}`);
  const { driver } = visitor;
  await driver.click(".folds > .tuning > summary");
  await driver.click(part("finetune-open"));
  await driver.setFiles(part("finetune-files"), [demo("fur"), demo("sign")]);
  await visitor.expectText(part("finetune-count"), /^2 pictures$/);
  await driver.click("dialog.finetune details > summary");
  await driver.fill(part("tune-steps"), "20");
  await driver.fill(part("tune-rate"), "0.001");
  await driver.fill(part("tune-blur"), "2");
  await driver.click(part("finetune-start"));
  await visitor.expectAttribute(part("finetune-status"), "data-state", "done");
  // It has learnt something.
  expect(await visitor.text(part("finetune-status"))).toMatch(
    /^\s*Best at step \d+: [\d.]+ dB on what .* \(\+[\d.]+ dB against /,
  );
  await driver.click(part("finetune-save"));
  await visitor.expectText(part("finetune-saved"), /^\s*Saved splitsr-tiny-x2-tuned/);

  await visitor.open(`#img=demo:fur&model=${start}-tuned`);
  await visitor.expectState("done");
  expect(await visitor.text(part("report"))).toContain(`${start}-tuned`);
});
