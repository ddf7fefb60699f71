/** A graphics card imitated in software, and what can be done to its worker. */
import type { Page } from "@playwright/test";
import { coordinatorOf } from "./support.ts";

/**
 * Runs `sabotage` in the next `times` GPU workers, before their script: it may change what their
 * WebGPU does.
 */
export async function sabotageGpuWorker(page: Page, sabotage: string, times = Infinity): Promise<void> {
  await coordinatorOf(page).evaluate(
    ({ sabotage, times }) => {
      const real = self.Worker;
      let started = 0;
      self.Worker = class extends real {
        constructor(url: string | URL, options?: WorkerOptions) {
          const script = String(url);
          const isTarget = script.includes("gpu-worker") && started++ < times;
          const preface = URL.createObjectURL(new Blob([sabotage], { type: "text/javascript" }));
          const source = `import ${JSON.stringify(preface)}; import ${JSON.stringify(script)};`;
          const local = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
          super(isTarget ? local : url, options);
        }
      };
    },
    { sabotage, times },
  );
}

/** Makes the page's `upscaler` one that chooses for itself, and takes the imitation for a card. */
export async function startAuto(page: Page): Promise<void> {
  await page.evaluate(async () => {
    window.upscaler = await window.splitsr.createUpscaler({ backend: "auto", workers: 1 });
  });
  // The imitation passes for a card.
  await coordinatorOf(page).evaluate(() => {
    Object.defineProperty(GPUAdapterInfo.prototype, "vendor", { get: () => "acme" });
    Object.defineProperty(GPUAdapterInfo.prototype, "architecture", { get: () => "one" });
    Object.defineProperty(GPUAdapterInfo.prototype, "description", { get: () => "" });
    Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { get: () => false });
  });
}
