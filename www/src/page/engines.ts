/** The page's engine: one at a time, with the chosen model, on the chosen device. */
import { createUpscaler, type Backend, type ModelSource, type Upscaler } from "../module/splitsr.ts";

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
