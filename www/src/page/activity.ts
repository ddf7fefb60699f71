/** What the page does at the moment, one thing at a time, and what it says of it. */

export interface Status {
  state: "idle" | "loading" | "working" | "done" | "error";
  text: string;
}

/** For work that can be given up. */
export interface WorkOptions {
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
}

export class Activity {
  status: Status = { state: "loading", text: "Starting…" };
  /** Of the work, from 0 to 1. */
  progress = 0;
  readonly #onStatus: () => void;
  readonly #onProgress: () => void;
  /** What loads or runs now: a new picture, a new run and Cancel end it. */
  #current = new AbortController();
  #occupies = false;

  constructor(onStatus: () => void, onProgress: () => void) {
    this.#onStatus = onStatus;
    this.#onProgress = onProgress;
  }

  get isBusy(): boolean {
    return this.status.state === "loading" || this.status.state === "working";
  }

  /** Whether it is what a look at another comparison is not to end. */
  get isOccupied(): boolean {
    return this.isBusy && this.#occupies;
  }

  /** Ends what runs, and begins something else. */
  begin(state: "loading" | "working", text: string, occupies = false): AbortSignal {
    this.#current.abort();
    this.#occupies = occupies;
    this.#current = new AbortController();
    this.progress = 0;
    this.say(state, text);
    return this.#current.signal;
  }

  /** Says what is done while it is done, and what goes wrong in it: then, or when it is given up, nothing comes out. */
  async during<T>(text: string, work: (task: WorkOptions) => Promise<T>, occupies = true): Promise<T | undefined> {
    const signal = this.begin("working", text, occupies);
    try {
      return await work({ signal, onProgress: (fraction) => this.showProgress(fraction, signal) });
    } catch (error) {
      // What the work was at is only known to be given up now.
      if (signal.aborted) this.#onProgress();
      else this.fail(error);
      return undefined;
    }
  }

  showProgress(fraction: number, signal: AbortSignal, text = this.status.text): void {
    if (signal.aborted) return;
    this.status = { state: "working", text };
    this.progress = fraction;
    this.#onProgress();
  }

  /** Ends what runs, and leaves it to the caller to say so. */
  end(): void {
    this.#current.abort();
  }

  say(state: Status["state"], text: string): void {
    this.status = { state, text };
    this.#onStatus();
  }

  fail(error: unknown): void {
    this.say("error", error instanceof Error ? error.message : String(error));
  }
}
