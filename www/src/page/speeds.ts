/** How fast the models were on this device, in this visit. */
import type { Backend, UpscaleResult } from "../module/splitsr.ts";

interface Speed {
  /** Milliseconds for each megapixel of the result. */
  perMegapixel: number;
  /** Which, by the zoom, takes more or less of the network's work. */
  zoom: number;
  /** Where it was. */
  backend: Exclude<Backend, "auto">;
}

export class Speeds {
  readonly #measured = new Map<string, Speed>();

  /** What a run took whose device was asked for as `asked`. */
  remember(model: string, asked: Backend, zoom: number, { report, width, height }: UpscaleResult): void {
    const { milliseconds, backend } = report;
    const speed = { perMegapixel: milliseconds / ((width * height) / 1e6), zoom, backend };
    for (const key of [asked, backend]) this.#measured.set(`${model} ${key}`, speed);
  }

  of(model: string, asked: Backend): Speed | undefined {
    return this.#measured.get(`${model} ${asked}`);
  }
}
