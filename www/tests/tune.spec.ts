/** Fine-tuning by `splitsr.js`, as other sites use it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { command, openHost, tellMemory } from "./support.ts";
import { allWeights, drawText, prefaceFirstWorker, psnr, run, small, watchWorkers } from "./tuning.ts";

// The longest file would otherwise keep one process waiting for the other.
test.describe.configure({ mode: "parallel" });

test.beforeEach(async ({ page, baseURL }) => {
  await openHost(page, baseURL);
  await page.evaluate(drawText);
});

/** It has learnt less from text than splitsr-x2. */
const start = "splitsr-x2-hi5";

test(
  "eight pictures of text make the model better at text, and hardly worse at photographs",
  { tag: "@thorough" },
  async ({ page }) => {
    const tuned = await run(page, 8, { steps: 900 }, 2, "cpu", start);
    expect(tuned.heldOut).toBe("pictures");
    expect(tuned.steps).toEqual(Array.from({ length: 900 }, (_, index) => index + 1));
    expect(tuned.startPsnrY).toBeGreaterThan(tuned.bicubicPsnrY);
    expect(tuned.result.psnrY, "on what it has not seen").toBeGreaterThan(tuned.startPsnrY + 0.5);
    expect(tuned.result.psnrY).toBe(Math.max(...tuned.scores.map(({ psnrY }) => psnrY)));
    expect(Math.max(...tuned.scores.map(({ forgotten }) => forgotten))).toBeLessThanOrEqual(0.1);
    // Pictures other than those that chose the best step.
    const unseen = [50, 51, 52];
    expect(await psnr(page, unseen, tuned.model)).toBeGreaterThan((await psnr(page, unseen, start)) + 0.5);
    for (const demo of ["fur", "foliage", "portrait", "facade"]) {
      const [before, after] = [await psnr(page, [demo], start), await psnr(page, [demo], tuned.model)];
      expect(after, demo).toBeGreaterThan(before - 0.2);
    }
  },
);

test("the same seed gives the command's weights", async ({ page }) => {
  const folder = test.info().outputPath("pictures");
  mkdirSync(folder);
  const files = await page.evaluate(async () => {
    const toPng = async (picture: ImageData) => {
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      canvas.getContext("2d")?.putImageData(picture, 0, 0);
      return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()));
    };
    return Promise.all(Array.from({ length: 5 }, (_, index) => toPng(window.text(index))));
  });
  files.forEach((file, index) => writeFileSync(`${folder}/${index}.png`, Buffer.from(file)));
  // No model has seen blurred pictures, so all learn from the first steps on.
  const tuned = await run(page, 5, { ...small, degradation: { blur: 1 } }, 2, "cpu", start);
  const out = test.info().outputPath("command.safetensors");
  const options = [
    "--init",
    start,
    "--steps",
    "12",
    "--set",
    "batch=4",
    "--set",
    "hr_patch=32",
    "--set",
    "degradation={blur=1}",
  ];
  execFileSync(command(), ["train", ...options, "--data", folder, "--out", out], { stdio: "pipe" });
  const [before, here, there] = [
    allWeights(readFileSync(new URL(`../../models/${start}.safetensors`, import.meta.url))),
    allWeights(Buffer.from(tuned.model)),
    allWeights(readFileSync(out)),
  ];
  const length = (values: Float32Array, minus: Float32Array) =>
    Math.sqrt(values.reduce((sum, value, index) => sum + (value - (minus[index] ?? NaN)) ** 2, 0));
  const learnt = length(there, before);
  expect(learnt).toBeGreaterThan(0);
  // The command adds up in another order, and Adam's first steps hang on the signs of gradients
  // that are nearly 0.
  expect(length(here, there) / learnt).toBeLessThan(0.05);
});

test("the number of workers does not matter", async ({ page }) => {
  const [one, three] = [await run(page, 5, small, 1), await run(page, 5, small, 3)];
  three.losses.forEach((loss, index) => expect(loss / (one.losses[index] ?? NaN)).toBeCloseTo(1, 3));
  expect(three.result.psnrY).toBeCloseTo(one.result.psnrY, 2);
});

test("every way to make the small pictures, and every choice of weights", async ({ page }) => {
  for (const settings of [
    { degradation: { jpeg: 40, half_chroma: true } },
    { randomDegradation: true },
    { degradation: { blur: 1, noise: 5, shrink: "area" } },
    { trained: "tail" },
    { trained: "light-blocks", replay: 0, forget: 100 },
  ] as const) {
    const { losses, result } = await run(page, 1, { ...small, steps: 2, ...settings });
    expect(losses).toHaveLength(2);
    expect(result.psnrY).toBeGreaterThan(10);
  }
});

test("another network than the model's takes over what fits, and learns the rest; the number of workers does not matter", async ({
  page,
}) => {
  const train = (workers: number) =>
    page.evaluate(
      async ([settings, workers]) => {
        const losses: number[] = [];
        const models = await window.splitsr.listModels();
        const config = models.find(({ name }) => name === "splitsr-tiny-x2")?.config;
        if (config?.architecture !== "splitsr") throw new Error("it is a SplitSR network");
        const tuning = await window.splitsr.fineTune({
          ...window.tuneOptions(5, {
            ...settings,
            learningRate: 3e-3,
            replay: 0,
            network: { ...config, split_ratio: 0.375 },
          }),
          model: "splitsr-tiny-x2",
          name: "variant",
          workers,
          onStep: ({ loss }) => losses.push(loss),
        });
        const { psnrY, model } = await tuning.done;
        const { startPsnrY, firstPsnrY } = tuning.info;
        tuning.destroy();
        const file = URL.createObjectURL(model);
        const upscaler = await window.splitsr.createUpscaler({ model: file, workers: 1 });
        const { width } = await upscaler.upscale(window.text(7), { scale: 2 });
        return { losses, psnrY, startPsnrY, firstPsnrY, width };
      },
      [{ ...small, steps: 1000 }, workers] as const,
    );
  const one = await train(1);
  expect(one.firstPsnrY).toBeLessThan(one.startPsnrY);
  expect(one.psnrY).toBeGreaterThan(one.firstPsnrY + 0.5);
  expect(one.width).toBe(512);
  const two = await train(2);
  // In later steps, the different order of the sums adds up to more.
  for (const [index, loss] of two.losses.slice(0, 40).entries()) {
    expect(Math.abs(loss - (one.losses[index] ?? NaN))).toBeLessThan(1e-4);
  }
});

test("a network that does not fit the model is refused", async ({ page }) => {
  const said = await page.evaluate(async () => {
    const [model] = (await window.splitsr.listModels()).filter(({ name }) => name === "splitsr-tiny-x4");
    if (model?.config.architecture !== "splitsr") throw new Error("it is a SplitSR network");
    const options = { model: "splitsr-tiny-x2", name: "variant", pictures: [window.text(0)], backend: "cpu" } as const;
    const refused = async (network: typeof model.config) =>
      window.splitsr.fineTune({ ...options, settings: { network } }).then(String, String);
    return [await refused(model.config), await refused({ ...model.config, scale: 2, channels: 0 })];
  });
  expect(said[0]).toContain("The network enlarges by 4, but the model by 2");
  expect(said[1]).toMatch(/[Cc]hannels is 0; it must be from 1 to 256/);
});

test("it pauses, resumes, stops and starts again from a checkpoint", async ({ page }) => {
  const seen = await page.evaluate(async (small) => {
    const options = window.tuneOptions(5, { ...small, steps: 1000 });
    let hear = () => undefined as unknown;
    const first = await window.splitsr.fineTune({ ...options, onStep: () => hear() });
    const until = async (step: number) => {
      while (first.step < step) await new Promise((resolve) => (hear = () => resolve(undefined)));
    };
    await until(3);
    await first.pause();
    const paused = first.step;
    // The worker does one thing at a time, so a step that is still running would end between these.
    await first.checkpoint();
    await first.checkpoint();
    const later = first.step;
    first.resume();
    await until(later + 3);
    // The last word counts, though the step that is running ends later.
    void first.pause();
    first.resume();
    await until(first.step + 3);
    void first.pause();
    first.resume();
    await first.pause();
    const pausedAgain = first.step;
    await first.checkpoint();
    await first.checkpoint();
    const laterAgain = first.step;
    first.resume();
    const checkpoint = await first.checkpoint();
    const stopped = await first.stop();
    const done = await first.done;
    const end = first.step;
    first.destroy();
    const second = await window.splitsr.fineTune({ ...options, checkpoint });
    const again = second.step;
    await second.pause();
    second.destroy();
    const late = await second.done.catch((error: unknown) => String(error));
    return { paused, later, pausedAgain, laterAgain, end, again, sizes: [stopped.model.size, done.model.size], late };
  }, small);
  expect(seen.later).toBe(seen.paused);
  expect(seen.laterAgain).toBe(seen.pausedAgain);
  expect(seen.end).toBeGreaterThanOrEqual(seen.later + 3);
  expect(seen.again).toBeGreaterThanOrEqual(seen.later + 3);
  expect(seen.sizes[0]).toBe(seen.sizes[1]);
  expect(seen.late).toContain("The fine-tuning was ended.");
});

test("a worker that dies is replaced, and training resumes from the last state", async ({ page }) => {
  await page.evaluate(watchWorkers);
  const seen = await page.evaluate(async (small) => {
    const steps: number[] = [];
    const tuning = await window.splitsr.fineTune({
      ...window.tuneOptions(5, { ...small, steps: 30 }),
      onStep({ step }) {
        steps.push(step);
        if (steps.length === 10) window.killWorker();
      },
    });
    const result = await tuning.done;
    tuning.destroy();
    return { steps, count: window.workers.length, best: result.step };
  }, small);
  expect(seen.count).toBe(2);
  expect(seen.steps.at(-1)).toBe(30);
  // The kept weights are from the first steps.
  expect(seen.steps.length).toBeGreaterThan(30);
  expect(seen.steps.length).toBeLessThan(42);
});

test("a helping worker may die: training resumes from the last state and gives the same model", async ({ page }) => {
  const whole = await run(page, 5, small);
  // When it is given its sixth part of a batch.
  await prefaceFirstWorker(
    page,
    `let given = 0;
    self.Worker = class extends Worker {
      postMessage(message, ...rest) {
        super.postMessage(message, ...rest);
        if (message.method !== "compute" || ++given !== 6) return;
        this.terminate();
        this.dispatchEvent(new ErrorEvent("error", { message: "it was killed" }));
      }
    };`,
  );
  const broken = await run(page, 5, small);
  expect(broken.steps.length, "some were taken twice").toBeGreaterThan(whole.steps.length);
  expect(broken.losses.slice(-6)).toEqual(whole.losses.slice(-6));
  expect(allWeights(Buffer.from(broken.model))).toEqual(allWeights(Buffer.from(whole.model)));
});

test("a worker that dies in a pause is replaced to stop; one that dies at the same step again and again is not", async ({
  page,
}) => {
  await page.evaluate(watchWorkers);
  const seen = await page.evaluate(async (small) => {
    const options = window.tuneOptions(5, { ...small, steps: 30 });
    const first = await window.splitsr.fineTune(options);
    await first.pause();
    await first.checkpoint();
    window.killWorker();
    const { model } = await first.stop();
    first.destroy();
    const count = window.workers.length;
    const second = await window.splitsr.fineTune({
      ...options,
      onStep: ({ step }) => {
        if (step === 10) window.killWorker();
      },
    });
    const end = await second.done.catch((error: unknown) => String(error));
    return { size: model.size, count, again: window.workers.length - count, end };
  }, small);
  expect(seen.size).toBeGreaterThan(50_000);
  expect(seen.count).toBe(2);
  expect(seen.again).toBe(2);
  expect(seen.end).toContain("it was killed");
});

test("a thousand steps leave no memory behind", { tag: "@thorough" }, async ({ page }) => {
  await page.evaluate(tellMemory);
  const sizes = await page.evaluate(async () => {
    const sizes: number[] = [];
    const channel = new BroadcastChannel("memory");
    channel.onmessage = ({ data }) => sizes.push(data as number);
    let kept: Promise<unknown> | undefined;
    const tuning = await window.splitsr.fineTune({
      ...window.tuneOptions(1, { steps: 1000, batch: 2, patch: 16, replay: 0 }),
      workers: 1,
      onStep({ step }) {
        if (step === 100) kept = tuning.checkpoint();
        if (step % 200 === 0) channel.postMessage("how much?");
      },
    });
    await tuning.done;
    await kept;
    await tuning.checkpoint();
    tuning.destroy();
    return sizes;
  });
  expect(sizes).toHaveLength(5);
  // By the first sample, scorings and a saved state have taken the memory that they need.
  expect((sizes.at(-1) ?? NaN) / (sizes[0] ?? NaN), JSON.stringify(sizes)).toBeLessThanOrEqual(1.05);
});

test("unusable input is reported in a sentence", async ({ page }) => {
  const messages = await page.evaluate(async () => {
    const tiny = new ImageData(12, 12);
    const message = (promise: Promise<unknown>) =>
      promise.then(
        () => "nothing",
        (error: unknown) => String(error),
      );
    const tune = (options: object) => message(window.splitsr.fineTune({ ...window.tuneOptions(1, {}), ...options }));
    const model = await (await fetch("models/splitsr-x2.safetensors")).arrayBuffer();
    const broken = new Uint8Array(model.slice(0));
    // NaN in the last weight.
    broken.set([0, 0, 192, 127], broken.length - 4);
    return {
      none: await tune({ pictures: [] }),
      name: await tune({ name: "not/this" }),
      small: await tune({ pictures: [tiny] }),
      rate: await tune({ settings: { learningRate: 2 } }),
      picture: await tune({ pictures: [new Blob(["nonsense"])] }),
      checkpoint: await tune({ checkpoint: new Blob(["nonsense"]) }),
      cut: await message(window.splitsr.readModel(new Blob([model.slice(0, 1000)]))),
      nan: await message(window.splitsr.readModel(new Blob([broken]))),
      large: await message(
        window.splitsr.readModel(new Blob(Array.from({ length: 257 }, () => new Uint8Array(2 ** 20)))),
      ),
      good: (await window.splitsr.readModel(new Blob([model]))).name,
    };
  });
  expect(messages.none).toContain("1 to 50 pictures");
  expect(messages.name).toContain("letters");
  expect(messages.small).toMatch(/^UpscaleError: .*(9 x 12|12 x 9)/);
  expect(messages.small).not.toContain("stopped");
  expect(messages.large).toContain("at most 256 MB");
  expect(messages.rate).toContain("learning rate");
  expect(messages.picture).toMatch(/\.$/);
  expect(messages.checkpoint).toMatch(/safetensors/);
  expect(messages.cut).toMatch(/valid safetensors file/);
  expect(messages.nan).toMatch(/NaN/);
  expect(messages.good).toBe("splitsr-x2");
});
