/**
 * The rectangle around a region of the picture: drawn by dragging, moved and resized by mouse,
 * touch and keys.
 */
import type { Area } from "../../module/core.ts";
import type { Camera, Point } from "./camera.ts";
import type { Drag } from "./gestures.ts";
import { clamp } from "../shared/clamp.ts";
import { t } from "../shared/words.ts";

/** The distance from an edge within which it can be grabbed, in CSS pixels. */
const REACH = 8;
const TOUCH_REACH = 22;
/** A shorter drag, in CSS pixels, is a click. */
const MIN_DRAG = 5;
/** An arrow key moves by this many CSS pixels, and by at least one pixel of the picture. */
const STEP = 8;

/** Which edges are held: -1 for left or top, 1 for right or bottom, 0 for neither. */
interface Hold {
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

export class RegionSelector {
  area: Area | undefined;
  /**
   * Called when the visitor has changed or removed the rectangle; with `moving`, while it is being
   * changed.
   */
  onChange: (area: Area | undefined, moving: boolean) => void = () => undefined;
  /** Called before a new rectangle is drawn. */
  onStart: () => void = () => undefined;

  readonly #element: HTMLElement;
  readonly #camera: Camera;
  /** Whether keys are changing the rectangle. */
  #isMovedByKey = false;

  constructor(element: HTMLElement, camera: Camera) {
    this.#element = element;
    this.#camera = camera;
    element.addEventListener("keydown", (event) => this.#press(event));
    element.addEventListener("keyup", () => this.#settle());
    element.addEventListener("blur", () => this.#settle());
  }

  focus(): void {
    this.#element.focus({ preventScroll: true });
  }

  draw(): void {
    const { area } = this;
    this.#element.hidden = !area;
    if (!area) return;
    const box = this.#camera.toViewer(area);
    for (const side of ["left", "top", "width", "height"] as const) this.#element.style[side] = `${box[side]}px`;
    const { left, top, width, height } = area;
    this.#element.ariaLabel = t`Part: ${width} × ${height} pixels at ${left}, ${top}. Arrow keys move it, Shift and arrow keys resize it, Delete removes it.`;
  }

  /** Moves or resizes the rectangle that is there, or draws a new one. */
  grab(start: Point, isTouch: boolean): Drag {
    const hold = this.#holdAt(start, isTouch ? TOUCH_REACH : REACH);
    const from = this.area;
    const first = this.#camera.toPicture(start);
    let dragged = false;
    return {
      move: (to) => {
        if (!dragged && Math.hypot(to.x - start.x, to.y - start.y) < MIN_DRAG) return;
        const at = this.#camera.toPicture(to);
        const isNew = !hold || !from;
        const area = isNew
          ? this.#camera.areaBetween(start, to)
          : this.#changed(from, hold, at.x - first.x, at.y - first.y);
        if (!area) return;
        if (!dragged && isNew) this.onStart();
        dragged = true;
        this.#change(area);
      },
      end: () => {
        if (!dragged) return;
        this.focus();
        this.onChange(this.area, false);
      },
    };
  }

  /** The mouse cursor at a point; empty where a drag would draw a new rectangle. */
  cursorAt(at: Point): string {
    const hold = this.#holdAt(at, REACH);
    if (!hold) return "";
    const { x, y } = hold;
    if (x === 0 && y === 0) return "move";
    if (x === 0) return "ns-resize";
    if (y === 0) return "ew-resize";
    return x === y ? "nwse-resize" : "nesw-resize";
  }

  #holdAt(at: Point, reach: number): Hold | undefined {
    if (!this.area) return undefined;
    const { left, top, width, height } = this.#camera.toViewer(this.area);
    const along = (point: number, start: number, side: number): -1 | 0 | 1 | undefined => {
      // The middle third of a small rectangle moves it.
      const inner = Math.min(reach, side / 3);
      if (point < start - reach || point > start + side + reach) return undefined;
      if (point < start + inner) return -1;
      return point > start + side - inner ? 1 : 0;
    };
    const [x, y] = [along(at.x, left, width), along(at.y, top, height)];
    return x === undefined || y === undefined ? undefined : { x, y };
  }

  /** The rectangle moved or resized by a distance in pixels of the picture. */
  #changed(from: Area, { x, y }: Hold, dx: number, dy: number): Area {
    const { width, height } = this.#camera.picture ?? from;
    const along = (hold: -1 | 0 | 1, moves: boolean, start: number, side: number, by: number, max: number) => {
      const at = Math.round(start + by);
      if (moves) return [clamp(at, 0, max - side), side] as const;
      if (hold === 1) return [start, clamp(at + side, start + 1, max) - start] as const;
      const first = hold === -1 ? clamp(at, 0, start + side - 1) : start;
      return [first, start + side - first] as const;
    };
    const moves = x === 0 && y === 0;
    const [left, wide] = along(x, moves, from.left, from.width, dx, width);
    const [top, high] = along(y, moves, from.top, from.height, dy, height);
    return { left, top, width: wide, height: high };
  }

  #change(area: Area): void {
    this.area = area;
    this.onChange(area, true);
  }

  #press(event: KeyboardEvent): void {
    if (!this.area || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      this.#isMovedByKey = false;
      this.onChange(undefined, false);
    } else {
      const { x, y } = directions[event.key] ?? { x: 0, y: 0 };
      if (x === 0 && y === 0) return;
      const step = Math.max(1, Math.round(STEP / this.#camera.magnification));
      this.#isMovedByKey = true;
      // Keys resize by the right and lower edges.
      const hold: Hold = event.shiftKey ? { x: x === 0 ? 0 : 1, y: y === 0 ? 0 : 1 } : { x: 0, y: 0 };
      this.#change(this.#changed(this.area, hold, x * step, y * step));
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #settle(): void {
    if (!this.#isMovedByKey) return;
    this.#isMovedByKey = false;
    this.onChange(this.area, false);
  }
}

const directions: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
