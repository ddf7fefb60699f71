/** The current work, one thing at a time, and the status line about it. */

import { t } from "../shared/words.ts";

/** Milliseconds for which work is new. */
const NEW_MS = 300;

interface Status {
  readonly state: "idle" | "loading" | "working" | "done" | "error";
  readonly text: string;
}

/** A function is called for each display, so the text is in the current language. */
type StatusText = string | (() => string);

/** For work that can be cancelled. */
export interface WorkOptions {
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
}

const status = (state: Status["state"], text: StatusText): Status => ({
  state,
  get text() {
    return typeof text === "string" ? text : text();
  },
});

export class Activity {
  #status = status("loading", () => t("Starting…"));
  #progress = 0;
  #begun = -Infinity;
  readonly #onStatus: () => void;
  readonly #onProgress: () => void;
  /** Aborted by whatever comes next: a new picture, a new run, Cancel. */
  #current = new AbortController();
  #occupies = false;

  constructor(onStatus: () => void, onProgress: () => void) {
    this.#onStatus = onStatus;
    this.#onProgress = onProgress;
  }

  get status(): Readonly<Status> {
    return this.#status;
  }

  /** The current work's progress, from 0 to 1. */
  get progress(): number {
    return this.#progress;
  }

  get isBusy(): boolean {
    return this.status.state === "loading" || this.status.state === "working";
  }

  /** Whether the work has begun just now: a double click may still be going on. */
  get isNew(): boolean {
    return performance.now() - this.#begun < NEW_MS;
  }

  /** Whether the work must not be interrupted by a look at another comparison. */
  get isOccupied(): boolean {
    return this.isBusy && this.#occupies;
  }

  /** Cancels the current work and begins another. */
  begin(state: "idle" | "loading" | "working", text: string, occupies = false): AbortSignal {
    this.#current.abort();
    this.#occupies = occupies;
    this.#current = new AbortController();
    this.#progress = 0;
    this.#begun = performance.now();
    this.setStatus(state, text);
    return this.#current.signal;
  }

  /**
   * Does the work and says so, also when it fails. Returns undefined if it failed or was cancelled.
   */
  async during<T>(text: string, work: (task: WorkOptions) => Promise<T>, occupies = true): Promise<T | undefined> {
    const signal = this.begin("working", text, occupies);
    try {
      return await work({ signal, onProgress: (fraction) => this.showProgress(fraction, signal) });
    } catch (error) {
      // Only now is it certain that cancelled work has left its last state behind: draw that.
      if (signal.aborted) this.#onProgress();
      else this.fail(error);
      return undefined;
    }
  }

  showProgress(fraction: number, signal: AbortSignal, text = this.status.text): void {
    if (signal.aborted) return;
    this.#status = { state: "working", text };
    this.#progress = fraction;
    this.#onProgress();
  }

  /** Cancels the current work; the caller says so. */
  end(): void {
    this.#current.abort();
  }

  setStatus(state: Status["state"], text: StatusText): void {
    this.#status = status(state, text);
    this.#onStatus();
  }

  fail(error: unknown): void {
    this.setStatus("error", textOf(error));
  }

  /** Tells about something else than the current work, which goes on. */
  remark(error: unknown, state: Status["state"] = "error"): void {
    const goesOn = this.isBusy && !this.#current.signal.aborted;
    this.setStatus(goesOn ? this.status.state : state, textOf(error));
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
