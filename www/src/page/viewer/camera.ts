/** The viewer's camera: converts between its CSS pixels and the picture's pixels. */
import type { Area } from "../../module/core.ts";
import type { View } from "../session/link-state.ts";
import { clamp } from "../shared/clamp.ts";

/** The largest side of a fitted picture's pixel, in CSS pixels. */
const MAX_FITTED_MAGNIFICATION = 64;
/** A fitted result shows little if each of its pixels gets fewer CSS pixels than this. */
const MIN_FITTED_DETAIL = 0.5;
/** From this many CSS pixels for a pixel on, pixels are shown as squares and not smoothed. */
export const SHOW_SQUARES = 3;
/** Space around a fitted picture, in CSS pixels, and below it for the toolbar. */
const MARGIN = 24;
const TOOLBAR = 68;
/** A lower viewer has no toolbar. */
const MIN_TOOLBAR_HEIGHT = 200;

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export class Camera {
  picture: Size | undefined;
  /** Whether the picture is fitted again when the window changes. */
  fitted = true;
  /** Whether the view is where somebody chose it to be. */
  isPlaced = false;
  /** How many pictures are side by side. */
  panes = 1;
  /** Where the line is while one picture is shown alone: it goes back with the next result. */
  alone: 0 | 1 | undefined;
  /** Pixels of the result for each pixel of the original. */
  detail = 1;
  /** The middle of the view as it was opened, until it is moved. */
  #spot: Point | undefined;
  #view: View = { x: 0.5, y: 0.5, magnification: 1, split: 0.5 };
  readonly #viewport: HTMLElement;

  constructor(viewport: HTMLElement) {
    this.#viewport = viewport;
  }

  get view(): Readonly<View> {
    return this.#view;
  }

  /** Values out of range, from another window for example, are clamped. */
  set view({ x, y, magnification, split }: View) {
    if (x !== this.#view.x || y !== this.#view.y) this.#spot = undefined;
    this.#view = {
      x: clamp(x, 0, 1),
      y: clamp(y, 0, 1),
      magnification: this.#limited(magnification),
      split: clamp(split, 0, 1),
    };
  }

  get magnification(): number {
    return this.#view.magnification;
  }

  /** Where the line is. */
  get split(): number {
    return this.alone ?? this.#view.split;
  }

  /** Fits another picture. */
  show(picture: Size): void {
    this.picture = picture;
    this.fitted = true;
    this.isPlaced = false;
    this.alone = this.#spot = undefined;
    this.#view.split = 0.5;
  }

  /** The width that each picture has, in CSS pixels. */
  get paneWidth(): number {
    return this.#viewport.clientWidth / this.panes;
  }

  /** The pane that a point of the viewer is in. */
  paneAt({ x }: Point): number {
    return clamp(Math.floor(x / this.paneWidth), 0, this.panes - 1);
  }

  /** The middle of a pane, where `view.x` and `view.y` are. */
  middle(pane = 0): Point {
    return {
      x: (pane + 0.5) * this.paneWidth,
      y: this.#viewport.clientHeight / 2 - (this.#below - MARGIN) / 2,
    };
  }

  /** The picture's corner in the first pane, in CSS pixels. */
  get corner(): { left: number; top: number } {
    const { width = 0, height = 0 } = this.picture ?? {};
    const { x, y, magnification } = this.#view;
    const middle = this.middle();
    return { left: middle.x - x * width * magnification, top: middle.y - y * height * magnification };
  }

  /** The point of the picture under a point of the viewer, in the picture's pixels. */
  toPicture(at: Point, pane = this.paneAt(at)): Point {
    const { left, top } = this.corner;
    const { magnification } = this.#view;
    return { x: (at.x - pane * this.paneWidth - left) / magnification, y: (at.y - top) / magnification };
  }

  /** An area of the picture in the first pane, in CSS pixels. */
  toViewer(area: Area): Area {
    const { left, top } = this.corner;
    const { magnification } = this.#view;
    return {
      left: left + area.left * magnification,
      top: top + area.top * magnification,
      width: area.width * magnification,
      height: area.height * magnification,
    };
  }

  /** The pixels of the picture between two points of the viewer. */
  areaBetween(a: Point, b: Point): Area | undefined {
    if (!this.picture) return undefined;
    const { width, height } = this.picture;
    const [from, to] = [this.toPicture(a), this.toPicture(b)];
    const along = (one: number, other: number, side: number) => {
      const first = clamp(Math.floor(Math.min(one, other)), 0, side);
      return [first, clamp(Math.ceil(Math.max(one, other)), 0, side) - first] as const;
    };
    const [left, wide] = along(from.x, to.x, width);
    const [top, high] = along(from.y, to.y, height);
    return wide > 0 && high > 0 ? { left, top, width: wide, height: high } : undefined;
  }

  /** The visible part of the picture, in whole pixels. */
  get visibleArea(): Area | undefined {
    const { clientWidth, clientHeight } = this.#viewport;
    return this.areaBetween({ x: 0, y: 0 }, { x: clientWidth, y: clientHeight });
  }

  /** The same without what the line between the pictures leaves to the original. */
  get visibleResult(): Area | undefined {
    const { clientWidth: x, clientHeight: y } = this.#viewport;
    const line = this.panes === 1 ? this.split * x : 0;
    return this.areaBetween({ x: line, y: 0 }, { x, y }) ?? this.visibleArea;
  }

  /** The middle of the visible part, a third of each side. */
  get visibleMiddle(): Area | undefined {
    const area = this.visibleArea;
    if (!area) return undefined;
    const third = (start: number, side: number) =>
      [start + Math.floor(side / 3), Math.max(1, Math.round(side / 3))] as const;
    const [left, width] = third(area.left, area.width);
    const [top, height] = third(area.top, area.height);
    return { left, top, width, height };
  }

  /** The space below a fitted picture. */
  get #below(): number {
    return this.#viewport.clientHeight < MIN_TOOLBAR_HEIGHT ? MARGIN : TOOLBAR;
  }

  /** The magnification that fits the whole picture. */
  get fit(): number {
    if (!this.picture) return 1;
    const width = Math.max(1, this.paneWidth - 2 * MARGIN);
    const height = Math.max(1, this.#viewport.clientHeight - MARGIN - this.#below);
    return Math.min(width / this.picture.width, height / this.picture.height, MAX_FITTED_MAGNIFICATION);
  }

  /** Fits or places the picture again after the window or the layout has changed. */
  refit(): void {
    if (this.fitted) Object.assign(this.#view, { x: 0.5, y: 0.5, magnification: this.fit });
    else if (this.#spot) Object.assign(this.#view, this.#around(this.#spot));
  }

  /**
   * Called for a picture's first result. Fitted and seen from far, it looks like the original: then
   * it opens at full size where it has most to show, unless somebody has chosen the view.
   */
  open(spot: () => Point): void {
    const isFar = this.fitted && this.fit < MIN_FITTED_DETAIL * this.detail;
    if (this.picture && isFar && !this.isPlaced) {
      this.fitted = false;
      this.view = { ...this.#view, magnification: this.detail };
      this.#spot = this.#around(spot());
      this.refit();
    }
    this.isPlaced = true;
  }

  /** The middle of a view of a point, with no more space beside the picture than there must be. */
  #around({ x, y }: Point): Point {
    const { width, height } = this.picture ?? { width: 1, height: 1 };
    const inside = (at: number, side: number, view: number) => {
      const half = Math.min(0.5, view / (2 * side * this.magnification));
      return clamp(at, half, 1 - half);
    };
    return {
      x: inside(x, width, this.paneWidth),
      y: inside(y, height, this.#viewport.clientHeight - this.#below),
    };
  }

  /** Moves what is at the point `from` of a pane to the point `to`, and scales it by `factor`. */
  transform(factor: number, from: Point, to: Point, pane: number): void {
    if (!this.picture) return;
    const { width, height } = this.picture;
    const under = this.toPicture(from, pane);
    const magnification = this.#limited(this.#view.magnification * factor);
    const middle = this.middle(pane);
    this.fitted = false;
    this.#spot = undefined;
    this.view = {
      ...this.#view,
      magnification,
      x: (under.x - (to.x - middle.x) / magnification) / width,
      y: (under.y - (to.y - middle.y) / magnification) / height,
    };
  }

  /** From a quarter of the fitted picture to one pixel that fills the viewer. */
  #limited(magnification: number): number {
    const { clientWidth, clientHeight } = this.#viewport;
    const max = Math.max(clientWidth, clientHeight, MAX_FITTED_MAGNIFICATION) * this.detail;
    return clamp(magnification, this.fit / 4, max);
  }
}
