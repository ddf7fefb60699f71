/** Enlarges by a resizer or a model, to compare and to score them. */
import {
  createUpscaler,
  type Backend,
  type CleanUp,
  type ModelSource,
  type Schedule,
  type Slice,
  type SourcePicture,
  type Upscaler,
} from "../../module/core.ts";
import { resizerNamed } from "../shared/baselines.ts";
import type { Speeds } from "./speeds.ts";

export interface EnlargeTask {
  upscaler: Upscaler;
  picture: SourcePicture;
  size: { width: number; height: number };
  /** Finds a model's weights. */
  source: (model: string) => ModelSource;
  backend: Backend;
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
  /** Remembers how fast a model was. */
  speeds: Speeds;
  /** Those of a model's result; undefined: the network that its file names, without clean-up. */
  settings?: { key: string; options: Slice & Schedule; clean: CleanUp } | undefined;
}

/**
 * Enlarges to exactly the given size. `milliseconds` leaves out loading and the first, slower steps
 * of a new engine.
 */
export async function enlargeBy(name: string, task: EnlargeTask): Promise<{ pixels: ImageData; milliseconds: number }> {
  const { upscaler, picture, size, source, backend, signal, onProgress, speeds, settings } = task;
  const resizer = resizerNamed(name);
  if (resizer) {
    // The first resize of a visit loads the code.
    await upscaler.resize(new ImageData(1, 1), { width: 1, height: 1 }, resizer);
    const start = performance.now();
    const pixels = await upscaler.resize(picture, size, resizer);
    signal.throwIfAborted();
    return { pixels, milliseconds: performance.now() - start };
  }
  const other = await createUpscaler({ model: source(name), backend });
  try {
    signal.throwIfAborted();
    // The estimate starts every worker and compiles what it runs.
    const target = { ...size, ...settings?.options };
    await other.estimate(picture, target);
    signal.throwIfAborted();
    const clean = settings?.clean ?? 0;
    const options = {
      ...target,
      clean,
      signal,
      onProgress: ({ fraction }: { fraction: number }) => onProgress(fraction),
    };
    const result = await other.upscale(picture, options);
    speeds.remember(settings?.key ?? name, backend, size.width / picture.width, result);
    return { pixels: result.imageData(), milliseconds: result.report.milliseconds };
  } finally {
    other.destroy();
  }
}
