/** How fast the models were on this device, during this visit. */
import type { Backend, UpscaleResult } from "../../module/core.ts";

interface Speed {
  /** Milliseconds for each megapixel of the result. */
  perMegapixel: number;
  /** The zoom, which decides how much work the network has for a megapixel. */
  zoom: number;
  /** The device that ran. */
  backend: Exclude<Backend, "auto">;
}

export class Speeds {
  readonly #measured = new Map<string, Speed>();

  /** Remembers a run of a model, or of one of its networks; `requested` is the requested device. */
  remember(model: string, requested: Backend, zoom: number, { report, width, height }: UpscaleResult): void {
    const { milliseconds, backend } = report;
    const speed = { perMegapixel: milliseconds / ((width * height) / 1e6), zoom, backend };
    for (const key of [requested, backend]) this.#measured.set(`${model} ${key}`, speed);
  }

  of(model: string, requested: Backend): Speed | undefined {
    return this.#measured.get(`${model} ${requested}`);
  }
}
