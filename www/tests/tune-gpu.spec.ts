/** Fine-tuning on WebGPU, on a graphics card imitated in software: slow, so there are few steps. */
import { expect, test } from "@playwright/test";
import { openHost } from "./support.ts";
import { drawText, run, small } from "./tuning.ts";

test.beforeEach(async ({ page, baseURL }) => {
  test.setTimeout(180_000);
  await openHost(page, baseURL);
  await page.evaluate(drawText);
});

test("the losses on WebGPU are the processor's", async ({ page }) => {
  const [cpu, gpu] = [await run(page, 5, small), await run(page, 5, small, 1, "gpu")];
  expect([cpu.backend, gpu.backend]).toEqual(["cpu", "gpu"]);
  expect(gpu.losses).toHaveLength(12);
  gpu.losses.forEach((loss, index) => expect(loss / (cpu.losses[index] ?? NaN), `step ${index}`).toBeCloseTo(1, 2));
  expect(gpu.startPsnrY).toBeCloseTo(cpu.startPsnrY, 3);
  expect(gpu.result.psnrY).toBeCloseTo(cpu.result.psnrY, 1);
});

test("auto leaves a software adapter alone", async ({ page }) => {
  const tuned = await run(page, 5, { ...small, steps: 1 }, 1, "auto");
  expect(tuned.backend).toBe("cpu");
  expect(tuned.reason).toContain("software adapter");
});

test("a device that is lost is replaced by the processor, which goes on", async ({ page }) => {
  await page.evaluate(() => {
    // Before the first worker's script: destroys its device after the third step.
    const sabotage = `const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...args) {
        const device = await request.apply(this, args);
        const post = self.postMessage;
        self.postMessage = function (data, ...rest) {
          if (data.event?.step?.step === 3) device.destroy();
          return post.call(self, data, ...rest);
        };
        return device;
      };`;
    const real = window.Worker;
    let started = 0;
    window.Worker = class extends real {
      constructor(url: string | URL, options?: WorkerOptions) {
        const preface = URL.createObjectURL(new Blob([sabotage], { type: "text/javascript" }));
        const source = `import ${JSON.stringify(preface)}; import ${JSON.stringify(new URL(url, location.href))};`;
        const local = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
        super(started++ === 0 ? local : url, options);
      }
    };
  });
  const tuned = await run(page, 5, small, 1, "gpu");
  expect(tuned.backend).toBe("cpu");
  expect(tuned.reason).toMatch(/ was lost \(.*\), and the processor goes on$/);
  expect(tuned.steps.at(-1)).toBe(12);
  expect(tuned.steps.slice(0, 3)).toEqual([1, 2, 3]);
});
