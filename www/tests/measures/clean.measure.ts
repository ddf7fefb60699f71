/**
 * How soon the page shows another clean-up: from the move of the slider to the new result, for a JPEG of 320x180.
 * `npm run measure` prints the median.
 */
import { writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { Visitor } from "../support.ts";

test("the slider of the clean-up", async ({ page }, info) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
  const jpeg = await page.evaluate(async () => {
    const bitmap = await createImageBitmap(await (await fetch("demo/fur.png")).blob());
    const canvas = new OffscreenCanvas(320, 180);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, 320, 180);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.6 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  const file = info.outputPath("small.jpg");
  writeFileSync(file, new Uint8Array(jpeg));
  await visitor.chooseFile(file);
  await visitor.expectState("idle");
  await visitor.run();
  const times = await page.evaluate(async () => {
    const part = (name: string) => document.querySelector(`[data-testid=${name}]`);
    const slider = part("clean") as HTMLInputElement;
    const done = () => part("status")?.getAttribute("data-state") === "done";
    const times = { milliseconds: [] as number[], enlarging: [] as number[] };
    for (let strength = 0; strength <= 100; strength += 5) {
      const before = part("report")?.textContent;
      const start = performance.now();
      slider.value = String(strength);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      while (part("report")?.textContent === before || !done()) await new Promise(requestAnimationFrame);
      times.milliseconds.push(performance.now() - start);
      times.enlarging.push(Number(/([\d.]+) ms/.exec(part("status")?.textContent ?? "")?.[1]));
    }
    return times;
  });
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
  const [whole, enlarging] = [median(times.milliseconds), median(times.enlarging)];
  console.log(`From the move to the result: ${whole.toFixed(0)} ms, of it ${enlarging} ms in the engine.`);
  expect(whole).toBeGreaterThan(0);
});
