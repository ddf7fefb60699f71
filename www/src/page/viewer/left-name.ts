/**
 * The name of the left picture, also in that of the divider. That of the original says so where
 * the browser smooths it.
 */
import { t } from "../shared/words.ts";
import type { Labels } from "./labels.ts";
import { part } from "./layers.ts";

/** A narrower viewer has room for the short name alone, in CSS pixels. */
const LONG_NAME_WIDTH = 600;

export class LeftName {
  readonly #root: HTMLElement;
  readonly #divider: HTMLElement;
  readonly #labels: Labels;
  #baseline: (() => string) | undefined;
  #tellsSmoothing = false;

  constructor(root: HTMLElement, divider: HTMLElement, labels: Labels) {
    this.#root = root;
    this.#divider = divider;
    this.#labels = labels;
    this.#write();
  }

  /** Undefined is the original. */
  set baseline(name: (() => string) | undefined) {
    this.#baseline = name;
    this.#write();
  }

  /**
   * `isSmoothed`: whether the original is shown larger than its pixels, and not as squares. `width`
   * is that of the viewer.
   */
  draw(isShown: boolean, isSmoothed: boolean, width: number): void {
    this.#root.hidden = !isShown;
    const tellsSmoothing = isSmoothed && width >= LONG_NAME_WIDTH;
    if (tellsSmoothing === this.#tellsSmoothing) return;
    this.#tellsSmoothing = tellsSmoothing;
    this.#write();
  }

  #write(): void {
    const original = () => (this.#tellsSmoothing ? t("Original, smoothed by the browser") : t("Original"));
    const baseline = this.#baseline;
    this.#labels.set(part(this.#root, ".tag-before"), "textContent", baseline ?? original);
    this.#labels.set(this.#divider, "ariaLabel", () =>
      baseline ? t`Comparison: ${baseline()} left, enlarged right` : t("Comparison: original left, enlarged right"),
    );
  }
}
