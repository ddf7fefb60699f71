/** A part of the next result, over the last one, which stays as it is. */
import type { Area } from "../../module/core.ts";
import type { Labels } from "./labels.ts";

export class NextPart {
  readonly #canvas: HTMLCanvasElement;
  readonly #tag: HTMLElement;
  readonly #labels: Labels;
  readonly #draw: () => void;
  #area: Area | undefined;
  /** The label of the result below. */
  #below: (() => string) | undefined;

  constructor(canvas: HTMLCanvasElement, tag: HTMLElement, labels: Labels, draw: () => void) {
    this.#canvas = canvas;
    this.#tag = tag;
    this.#labels = labels;
    this.#draw = draw;
  }

  /** Its place in the picture; undefined while nothing is shown. */
  get area(): Area | undefined {
    return this.#area;
  }

  show(area: Area, picture: ImageData, label: () => string): void {
    const { width, height } = picture;
    Object.assign(this.#canvas, { width, height });
    this.#canvas.getContext("2d")?.putImageData(picture, 0, 0);
    if (!this.#area) this.#below = this.#labels.of(this.#tag, "textContent");
    this.#area = area;
    this.#labels.set(this.#tag, "textContent", label);
    this.#draw();
  }

  hide(): void {
    if (!this.#area) return;
    this.#area = undefined;
    // An empty canvas frees its memory.
    this.#canvas.width = this.#canvas.height = 0;
    if (this.#below) this.#labels.set(this.#tag, "textContent", this.#below);
    this.#draw();
  }
}
