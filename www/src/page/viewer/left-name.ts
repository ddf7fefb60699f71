/** The name of the left picture. That of the original says so where the browser smooths it. */
import { t } from "../shared/words.ts";
import type { Labels } from "./labels.ts";
import { part } from "./layers.ts";

export class LeftName {
  readonly #root: HTMLElement;
  readonly #labels: Labels;
  #baseline: (() => string) | undefined;
  #isSmoothed = false;

  constructor(root: HTMLElement, labels: Labels) {
    this.#root = root;
    this.#labels = labels;
  }

  /** Undefined is the original. */
  set baseline(name: (() => string) | undefined) {
    this.#baseline = name;
    this.#write();
  }

  /** `isSmoothed`: whether the original is shown larger than its pixels, and not as squares. */
  draw(isShown: boolean, isSmoothed: boolean): void {
    this.#root.hidden = !isShown;
    if (isSmoothed === this.#isSmoothed) return;
    this.#isSmoothed = isSmoothed;
    this.#write();
  }

  #write(): void {
    const original = () => (this.#isSmoothed ? t("Original, smoothed by the browser") : t("Original"));
    this.#labels.set(part(this.#root, ".tag-before"), "textContent", this.#baseline ?? original);
  }
}
