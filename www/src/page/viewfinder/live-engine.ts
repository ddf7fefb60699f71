/** The engine for live frames, so that the page's own engine can continue its work. */
import { createUpscaler, type Backend, type ModelSource, type Upscaler } from "../../module/core.ts";

interface Running {
  model: ModelSource;
  scale: number;
  upscaler: Upscaler;
}

export class LiveEngine {
  #running: Running | undefined;
  /** Has started, and takes over between two frames. */
  #ready: Running | undefined;
  #starting: { model: ModelSource; done: Promise<Running> } | undefined;
  /** Models that could not be loaded while another one could be used instead. */
  readonly #broken = new Set<ModelSource>();
  readonly #backend: Backend;
  #isDestroyed = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * The engine for a model. Until it has started, the one for another model of the same scale is
   * used.
   */
  async take(model: ModelSource, scale: number): Promise<Upscaler> {
    this.#adopt();
    const running = this.#running;
    if (running?.model === model) return running.upscaler;
    const isReplaceable = running?.scale === scale;
    if (isReplaceable && this.#broken.has(model)) return running.upscaler;
    const started = this.#start(model, scale);
    if (!isReplaceable) {
      const { upscaler } = await started;
      this.#adopt();
      return upscaler;
    }
    started.catch(() => this.#broken.add(model));
    return running.upscaler;
  }

  /** Whether a model is being loaded, which slows down the frames. */
  isStarting(): boolean {
    return this.#starting !== undefined;
  }

  #start(model: ModelSource, scale: number): Promise<Running> {
    if (this.#starting?.model === model) return this.#starting.done;
    const create = async (): Promise<Running> => {
      const upscaler = await createUpscaler({ model, backend: this.#backend });
      const isLatest = this.#starting === starting && !this.#isDestroyed;
      if (isLatest) {
        this.#ready?.upscaler.destroy();
        this.#ready = { model, scale, upscaler };
      } else upscaler.destroy();
      return { model, scale, upscaler };
    };
    const starting = { model, done: create() };
    this.#starting = starting;
    const forget = () => {
      if (this.#starting === starting) this.#starting = undefined;
    };
    starting.done.then(forget, forget);
    return starting.done;
  }

  #adopt(): void {
    if (!this.#ready) return;
    this.#running?.upscaler.destroy();
    this.#running = this.#ready;
    this.#ready = undefined;
  }

  destroy(): void {
    this.#isDestroyed = true;
    for (const one of [this.#running, this.#ready]) one?.upscaler.destroy();
    this.#running = this.#ready = undefined;
  }
}
