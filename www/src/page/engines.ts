/** The page's engine: one at a time, with the chosen model, on the chosen device. */
import { createUpscaler, type Backend, type ModelSource, type Upscaler } from "../module/splitsr.ts";

/**
 * Settles when the visitor first moves, touches or types. The engine and a model are four times what the page itself takes: who only looks at
 * the page loads neither, and whoever is on the way to a picture has them by then.
 */
export function firstSign(): Promise<void> {
  return new Promise((resolve) => {
    const heard = new AbortController();
    for (const type of ["pointermove", "pointerdown", "keydown", "dragenter", "paste"]) {
      const hear = () => {
        heard.abort();
        resolve();
      };
      addEventListener(type, hear, { capture: true, passive: true, signal: heard.signal });
    }
  });
}

export class EngineSlot {
  #engine: { model: ModelSource; backend: Backend; upscaler: Promise<Upscaler> } | undefined;

  /** Whether the engine is for these settings. */
  fits(model: ModelSource, backend: Backend): boolean {
    return this.#engine?.model === model && this.#engine.backend === backend;
  }

  /** The engine that there is, whatever its model. */
  get any(): Promise<Upscaler> | undefined {
    return this.#engine?.upscaler;
  }

  /** The engine for these settings. The one before is ended; then `onEnd` hears of it. */
  async take(model: ModelSource, backend: Backend, onEnd: () => void): Promise<Upscaler> {
    if (!this.#engine || !this.fits(model, backend)) {
      this.#engine?.upscaler.then(
        (upscaler) => upscaler.destroy(),
        () => undefined,
      );
      onEnd();
      this.#engine = { model, backend, upscaler: createUpscaler({ model, backend }) };
    }
    const { upscaler } = this.#engine;
    try {
      return await upscaler;
    } catch (error) {
      // So that the next attempt starts afresh, with the connection back for example.
      if (this.#engine.upscaler === upscaler) this.#engine = undefined;
      throw error;
    }
  }
}
