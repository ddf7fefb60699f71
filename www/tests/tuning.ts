/** Helpers for the tests of fine-tuning. */
import type { Page } from "@playwright/test";
import type { Backend, TuneOptions } from "../src/module/splitsr.ts";
import { SMALLEST } from "./support.ts";
import { tensorsOf } from "./weights.ts";

declare global {
  interface Window {
    /** A picture of 256 × 256 pixels full of text, another for each number. */
    text: (index: number) => ImageData;
    /**
     * Usual options for a fine-tuning of the smallest model on the first `count` of these pictures,
     * on the processor.
     */
    tuneOptions: (count: number, settings: Settings) => TuneOptions;
    /** The page's workers so far. */
    workers: Worker[];
    /** Ends the last of them as a crash would. */
    killWorker: () => void;
  }
}

/** For `page.evaluate`: from now on, `window.workers` and `window.killWorker`. */
export function watchWorkers(): void {
  window.workers = [];
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      window.workers.push(this);
    }
  };
  window.killWorker = () => {
    window.workers.at(-1)?.terminate();
    window.workers.at(-1)?.dispatchEvent(new ErrorEvent("error", { message: "it was killed" }));
  };
}

/** For `page.evaluate`: defines `window.text` and `window.tuneOptions`. */
export function drawText(): void {
  const words = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt".split(" ");
  window.text = (index) => {
    const side = 256;
    const context = new OffscreenCanvas(side, side).getContext("2d");
    if (!context) throw new Error("no canvas");
    let state = index * 7919 + 1;
    const random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
    const oneOf = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
    context.fillStyle = "#fbfaf5";
    context.fillRect(0, 0, side, side);
    context.fillStyle = "#1a1a1a";
    for (let top = 12; top < side;) {
      const size = 8 + Math.floor(random() * 10);
      context.font = `${oneOf(["", "bold "])}${size}px ${oneOf(["serif", "sans-serif", "monospace"])}`;
      const line = Array.from({ length: 10 }, () => oneOf(words)).join(" ");
      context.fillText(line, 4 + random() * 8, top);
      top += size * 1.25;
    }
    return context.getImageData(0, 0, side, side);
  };
  window.tuneOptions = (count, settings) => ({
    name: "tuned",
    pictures: Array.from({ length: count }, (_, index) => window.text(index)),
    settings,
    backend: "cpu",
    model: "splitsr-tiny-x2",
  });
}

/** The first worker that the page starts runs `script` before its own. */
export function prefaceFirstWorker(page: Page, script: string): Promise<void> {
  return page.evaluate((script) => {
    let started = 0;
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        const local = (source: string) => URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
        const own = new URL(url, location.href).href;
        const both = `import ${JSON.stringify(local(script))}; import ${JSON.stringify(own)};`;
        super(started++ === 0 ? local(both) : url, options);
      }
    };
  }, script);
}

/** All weights of a file, in the order of their names. */
export function allWeights(file: Buffer): Float32Array {
  return Float32Array.from([...tensorsOf(file).values()].flatMap((values) => [...values]));
}

export type Settings = NonNullable<TuneOptions["settings"]>;

/** A short run with little to compute. */
export const small: Settings = { steps: 12, batch: 4, patch: 32 };

export interface Run {
  steps: number[];
  losses: number[];
  scores: { step: number; psnrY: number; forgotten: number }[];
  startPsnrY: number;
  bicubicPsnrY: number;
  heldOut: string;
  backend: string;
  /** Why this device, at the end. */
  reason: string;
  result: { step: number; psnrY: number; name: string };
  model: number[];
}

/** Fine-tunes on `count` pictures of text. */
export function run(
  page: Page,
  count: number,
  settings: Settings,
  workers = 2,
  backend: Backend = "cpu",
  model = SMALLEST,
): Promise<Run> {
  return page.evaluate(
    async ({ count, settings, workers, backend, model: start }) => {
      const steps: number[] = [];
      const losses: number[] = [];
      const scores: Run["scores"] = [];
      const tuning = await window.splitsr.fineTune({
        ...window.tuneOptions(count, settings),
        model: start,
        workers,
        backend,
        onStep({ step, loss }) {
          steps.push(step);
          losses.push(loss);
        },
        onScore: ({ step, psnrY, forgotten }) => scores.push({ step, psnrY, forgotten }),
      });
      const { startPsnrY, bicubicPsnrY, heldOut } = tuning.info;
      const { model, info, step, psnrY } = await tuning.done;
      tuning.destroy();
      return {
        steps,
        losses,
        scores,
        startPsnrY,
        bicubicPsnrY,
        heldOut,
        backend: tuning.info.backend,
        reason: tuning.info.reason,
        result: { step, psnrY, name: info.name },
        model: Array.from(new Uint8Array(await model.arrayBuffer())),
      };
    },
    { count, settings, workers, backend, model },
  );
}

/**
 * The mean PSNR of pictures that are halved and enlarged again, by a model's file or a named
 * model. A string names a demo picture, a number one of text.
 */
export function psnr(
  page: Page,
  pictures: readonly (string | number)[],
  model: readonly number[] | string,
): Promise<number> {
  return page.evaluate(
    async ({ model, pictures }) => {
      const source = typeof model === "string" ? model : new Uint8Array(model).buffer;
      const upscaler = await window.splitsr.createUpscaler({ backend: "cpu", model: source });
      let sum = 0;
      for (const picture of pictures) {
        const source = typeof picture === "string" ? `demo/${picture}.png` : window.text(picture);
        const { small, sharp } = await upscaler.shrink(source, 2);
        const large = await upscaler.upscale(small, { scale: 2 });
        sum += (await upscaler.distance(large.imageData(), sharp, { border: 2 })).psnrY ?? NaN;
      }
      upscaler.destroy();
      return sum / pictures.length;
    },
    { model, pictures },
  );
}
