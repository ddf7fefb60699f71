/**
 * The page's engine, for the chosen model and device. While a result of other settings is kept, a
 * second one tries the chosen ones.
 */
import { createUpscaler, type Backend, type ModelSource, type Upscaler } from "../../module/core.ts";

interface Engine {
  model: ModelSource;
  backend: Backend;
  upscaler: Promise<Upscaler>;
}

export class EngineSlot {
  #engine: Engine | undefined;
  #second: Engine | undefined;

  /** Whether the engine is for these settings. */
  fits(model: ModelSource, backend: Backend): boolean {
    return isFor(this.#engine, model, backend);
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
    const second = this.#second;
    this.#second = undefined;
    if (this.#engine && this.fits(model, backend)) end(second);
    else {
      end(this.#engine);
      onEnd();
      if (!isFor(second, model, backend)) end(second);
      this.#engine = isFor(second, model, backend) ? second : start(model, backend);
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

  /** A second engine, beside the one that can still save the result. `take` uses or ends it. */
  takeSecond(model: ModelSource, backend: Backend): Promise<Upscaler> {
    if (!isFor(this.#second, model, backend)) {
      end(this.#second);
      const second = start(model, backend);
      this.#second = second;
      second.upscaler.catch(() => {
        if (this.#second === second) this.#second = undefined;
      });
    }
    return this.#second.upscaler;
  }
}

const isFor = (engine: Engine | undefined, model: ModelSource, backend: Backend): engine is Engine =>
  engine?.model === model && engine.backend === backend;

const start = (model: ModelSource, backend: Backend): Engine => ({
  model,
  backend,
  upscaler: createUpscaler({ model, backend }),
});

function end(engine: Engine | undefined): void {
  engine?.upscaler.then(
    (upscaler) => upscaler.destroy(),
    () => undefined,
  );
}
