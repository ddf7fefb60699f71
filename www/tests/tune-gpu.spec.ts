/** Fine-tuning on a WebGPU imitated in software: slow, so the model is small and steps are few. */
import { expect, test } from "@playwright/test";
import { openHost } from "./support.ts";
import { drawText, prefaceFirstWorker, run, type Settings } from "./tuning.ts";

const few: Settings = { steps: 8, batch: 2, patch: 32 };

test.beforeEach(async ({ page, baseURL }) => {
  await openHost(page, baseURL);
  await page.evaluate(drawText);
});

test("the losses on WebGPU are the processor's", async ({ page }) => {
  const [cpu, gpu] = [await run(page, 5, few, 1, "cpu"), await run(page, 5, few, 1, "gpu")];
  expect([cpu.backend, gpu.backend]).toEqual(["cpu", "gpu"]);
  expect(gpu.losses).toHaveLength(8);
  gpu.losses.forEach((loss, index) => expect(loss / (cpu.losses[index] ?? NaN), `step ${index}`).toBeCloseTo(1, 2));
  expect(gpu.startPsnrY).toBeCloseTo(cpu.startPsnrY, 3);
  expect(gpu.result.psnrY).toBeCloseTo(cpu.result.psnrY, 1);
});

test("auto leaves a software adapter alone", async ({ page }) => {
  const tuned = await run(page, 5, { ...few, steps: 1 }, 1, "auto");
  expect(tuned.backend).toBe("cpu");
  expect(tuned.reason).toContain("software adapter");
});

test("a device that is lost is replaced by the processor, which continues", async ({ page }) => {
  // Destroys its device after the third step.
  await prefaceFirstWorker(
    page,
    `const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...args) {
      const device = await request.apply(this, args);
      const post = self.postMessage;
      self.postMessage = function (data, ...rest) {
        if (data.event?.step?.step === 3) device.destroy();
        return post.call(self, data, ...rest);
      };
      return device;
    };`,
  );
  const tuned = await run(page, 5, few, 1, "gpu");
  expect(tuned.backend).toBe("cpu");
  expect(tuned.reason).toMatch(/ was lost \(.*\), and the processor continues$/);
  expect(tuned.steps.at(-1)).toBe(8);
  expect(tuned.steps.slice(0, 3)).toEqual([1, 2, 3]);
});
