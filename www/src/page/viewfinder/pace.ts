/**
 * Chooses how much is enlarged, so that 24 frames a second are reached: the size of the part, and
 * the model. It knows only how long frames took.
 */
import { MIN_PART_STEPS } from "./part.ts";
import { clamp } from "../shared/clamp.ts";

export const FRAMES_A_SECOND = 24;
/** The time for a frame, in milliseconds. */
const BUDGET_MS = 1000 / FRAMES_A_SECOND;
/** A change aims at this, which leaves room for what else the device does. */
const AIM_MS = 0.8 * BUDGET_MS;
/** Below this there is room for more. */
const SPARE_MS = 0.6 * BUDGET_MS;
/** A decision needs this many frames. */
const WINDOW = 10;
/** After a change, the first frames start workers and fill caches. */
const WARM_UP = 2;
/** A part grows by at most this factor at a time, since small parts say little about large ones. */
const GROWTH = 1.25;
/** A model and size that were too slow are tried again after this many milliseconds. */
const RETRY_MS = 10_000;
/** The first part at ×2 is 160 pixels wide. */
const INITIAL_PART_STEPS = 40;

export class Pace {
  /** The cost of each model for a pixel, beginning with the cheapest. */
  readonly #costs: readonly number[];
  /** The largest part that each model is trusted with, in steps. */
  readonly #limits: number[];
  #model = 0;
  #wanted = Infinity;
  #max = Infinity;
  #times: number[] = [];
  #warmUp = WARM_UP;
  /** Work that was too slow, and until when that counts. */
  #rejected = { work: Infinity, until: 0 };

  constructor(costs: readonly number[]) {
    this.#costs = costs;
    this.#limits = costs.map(() => INITIAL_PART_STEPS);
  }

  /** The model to run, by its index in the list. */
  get model(): number {
    return this.#model;
  }

  /** The size of the part, in steps. */
  get steps(): number {
    return clamp(this.#limit, MIN_PART_STEPS, this.#requested);
  }

  /** Whether the speed of the device decides on the size, not the visitor or the frame. */
  get isLimited(): boolean {
    return this.steps < this.#requested;
  }

  /** Whether not even the smallest part is fast enough. */
  get isTooSlow(): boolean {
    return this.#model === 0 && this.#limit < MIN_PART_STEPS;
  }

  get #limit(): number {
    return this.#limits[this.#model] ?? INITIAL_PART_STEPS;
  }

  get #requested(): number {
    return Math.min(this.#wanted, this.#max);
  }

  /** Sets the size that the visitor wants, and the largest possible one. */
  request(wanted: number, max: number): void {
    if (wanted === this.#wanted && max === this.#max) return;
    this.#wanted = wanted;
    this.#max = max;
    // Better models are for small parts: they must not keep the visitor from a larger one.
    if (this.#model > 0 && this.isLimited) this.#model = 0;
    this.#restart();
  }

  /** Forgets what was measured, because something else was busy meanwhile. */
  #restart(): void {
    this.#times = [];
    this.#warmUp = WARM_UP;
  }

  /** Notes how long a frame took, in milliseconds. */
  note(milliseconds: number, now: number): void {
    if (this.#warmUp > 0) {
      this.#warmUp--;
      return;
    }
    this.#times.push(milliseconds);
    if (this.#times.length < WINDOW) return;
    const typical = this.#times.toSorted((a, b) => a - b)[WINDOW >> 1] ?? 0;
    this.#times = [];
    const before = [this.#model, this.steps];
    if (typical > BUDGET_MS) this.#reduce(typical, now);
    else if (typical < SPARE_MS) this.#raise(typical, now);
    if (before[0] !== this.#model || before[1] !== this.steps) this.#restart();
  }

  #work(model: number, steps: number): number {
    return (this.#costs[model] ?? Infinity) * steps ** 2;
  }

  #reduce(milliseconds: number, now: number): void {
    const { steps } = this;
    this.#rejected = { work: this.#work(this.#model, steps), until: now + RETRY_MS };
    if (this.#model > 0) {
      this.#model--;
      this.#limits[this.#model] = Math.max(this.#limit, steps);
    } else this.#limits[0] = Math.floor(steps * Math.max(0.5, Math.sqrt(AIM_MS / milliseconds)));
  }

  #raise(milliseconds: number, now: number): void {
    const { steps } = this;
    const isAllowed = (model: number, size: number) =>
      now >= this.#rejected.until || this.#work(model, size) < 0.9 * this.#rejected.work;
    if (this.isLimited) {
      const larger = Math.ceil(steps * Math.min(GROWTH, Math.sqrt(AIM_MS / milliseconds)));
      if (isAllowed(this.#model, larger)) this.#limits[this.#model] = larger;
      return;
    }
    const next = this.#model + 1;
    const ratio = this.#work(next, steps) / this.#work(this.#model, steps);
    if (milliseconds * ratio > AIM_MS || !isAllowed(next, steps)) return;
    this.#model = next;
    this.#limits[next] = steps;
  }
}
