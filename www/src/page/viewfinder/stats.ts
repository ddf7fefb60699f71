/** How fast the live pictures come. */

/** The rate is that of the last two seconds. */
const SPAN_MS = 2000;
const WINDOW = 15;

export class Stats {
  #times: number[] = [];
  #arrivals: number[] = [];
  #delays: number[] = [];

  /** Notes a frame of the source. */
  arrive(now: number): void {
    this.#arrivals = recent(this.#arrivals, now);
  }

  /** Notes a picture that is shown at the time `now`, `delay` milliseconds after its frame. */
  note(now: number, delay: number): void {
    this.#times = recent(this.#times, now);
    this.#delays = [...this.#delays.slice(1 - WINDOW), delay];
  }

  forget(): void {
    this.#times = this.#arrivals = [];
    this.#delays = [];
  }

  /** Pictures a second; undefined until there are some. */
  get rate(): number | undefined {
    return rateOf(this.#times);
  }

  /** Whether nearly every frame of the source is shown. */
  get showsAll(): boolean {
    return this.#times.length >= 0.9 * this.#arrivals.length;
  }

  /** From a frame to its picture, in milliseconds: the median. */
  get delay(): number | undefined {
    return this.#delays.toSorted((a, b) => a - b)[this.#delays.length >> 1];
  }
}

function recent(times: readonly number[], now: number): number[] {
  return [...times.filter((time) => now - time <= SPAN_MS), now];
}

function rateOf(times: readonly number[]): number | undefined {
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined || last === first) return undefined;
  return (1000 * (times.length - 1)) / (last - first);
}
