/** The page's engine. There is one at a time, for the chosen model and device. */
import { createUpscaler, type Backend, type ModelSource, type Upscaler } from "../../module/core.ts";

export class EngineSlot {
  #engine: { model: ModelSource; backend: Backend; upscaler: Promise<Upscaler> } | undefined;

  /** Whether the engine is for these settings. */
  fits(model: ModelSource, backend: Backend): boolean {
    return this.#engine?.model === model && this.#engine.backend === backend;
  }

  /** The current engine, whatever its model is. */
  get any(): Promise<Upscaler> | undefined {
    return this.#engine?.upscaler;
  }

  /**
   * The engine for these settings. It replaces the current one; `onEnd` is called when that is
   * ended.
   */
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
      // The next attempt starts a new one: the connection may be back by then. Another call that
      // waited for the same one may have cleared it already.
      if (this.any === upscaler) this.#engine = undefined;
      throw error;
    }
  }
}
