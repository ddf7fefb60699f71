/**
 * The viewer: two pictures over each other at the same place and size, divided by a line that can be moved, or side by
 * side; panned and zoomed together by mouse, wheel, touch and keys. Left is the original, or a rival of the result.
 */
import type { Area, Part } from "../module/splitsr.ts";
import { toggles, type Toggle, type View } from "./link.ts";
import { paint } from "./paint.ts";

const MOST_MAGNIFICATION = 64;
/** Space around a fitted picture, in CSS pixels, and below it for the toolbar. */
const MARGIN = 24;
const TOOLBAR = 68;
/** Of the magnifier, in CSS pixels, and how much more it magnifies. */
const LOUPE_SIDE = 220;
const LOUPE_ZOOM = 4;
/** Beyond this many CSS pixels for a pixel, its true square is shown instead of a smoothed one. */
const SHOW_SQUARES = 3;

function part(root: HTMLElement, selector: string): HTMLElement {
  const element = root.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}

function canvasIn(layer: HTMLElement): HTMLCanvasElement {
  const canvas = layer.querySelector("canvas");
  if (!canvas) throw new Error("the page has a layer without a canvas");
  return canvas;
}

interface Point {
  x: number;
  y: number;
}

interface Size {
  width: number;
  height: number;
}

/** From the lowest to the uppermost. */
const layerNames = ["before", "rival", "after", "heat"] as const;
type LayerName = (typeof layerNames)[number];

function byLayer<T>(make: (name: LayerName) => T): Record<LayerName, T> {
  return Object.fromEntries(layerNames.map((name) => [name, make(name)])) as Record<LayerName, T>;
}

export class Stage {
  /** Called when the visitor has moved the view, or switched something in the toolbar. */
  onMove: () => void = () => undefined;
  /** Called when the visitor has marked a part of the picture, or none. */
  onRegion: (region: Area | undefined) => void = () => undefined;

  /** What is switched on in the toolbar. */
  get toggles(): readonly Toggle[] {
    const on = { beside: this.#beside, loupe: this.#loupe, pixels: this.#squares };
    return toggles.filter((toggle) => on[toggle]);
  }

  set toggles(on: readonly Toggle[]) {
    this.#beside = on.includes("beside");
    this.#loupe = on.includes("loupe");
    this.#squares = on.includes("pixels");
    for (const toggle of toggles) {
      part(this.#root, `[data-action=${toggle}]`).ariaPressed = String(on.includes(toggle));
    }
    this.#draw();
  }

  readonly #root: HTMLElement;
  readonly #viewport: HTMLElement;
  readonly #layers: Record<LayerName, HTMLElement>;
  readonly #canvases: Record<LayerName, HTMLCanvasElement>;
  readonly #divider: HTMLElement;
  readonly #percent: HTMLElement;

  #picture: Size | undefined;
  #result: Size | undefined;
  /** What stands in the original's place. */
  #rival: Size | undefined;
  /** What covers both. */
  #heat: Size | undefined;
  #beside = false;
  /** Whether a drag marks a part of the picture. */
  #marks = false;
  #loupe = false;
  /** Where the mouse is over the viewer. */
  #pointer: Point | undefined;
  #region: Area | undefined;
  /** Whether no part of the result is missing. */
  #isWhole = false;
  #view: View = { x: 0.5, y: 0.5, magnification: 1, split: 0.5 };
  /** Whether the whole picture is kept in sight when the window changes. */
  #fitted = true;
  #squares = false;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#viewport = part(root, ".viewport");
    this.#layers = byLayer((name) => part(root, `.layer.${name}`));
    this.#canvases = byLayer((name) => canvasIn(this.#layers[name]));
    this.#divider = part(root, ".divider");
    this.#percent = part(root, ".percent");
    this.#listenToPointers();
    this.#listenToKeys();
    this.#listenToToolbar(part(root, ".toolbar"));
    new ResizeObserver(() => this.#draw()).observe(this.#viewport);
  }

  /** Shows a picture alone, fitted. */
  async showPicture(picture: ImageData, description: string, signal: AbortSignal): Promise<void> {
    this.#picture = { width: picture.width, height: picture.height };
    this.#fitted = true;
    this.#region = undefined;
    this.#canvases.before.role = "img";
    this.#canvases.before.ariaLabel = `Original: ${description}`;
    this.#canvases.after.ariaLabel = `Enlarged: ${description}`;
    this.#canvases.after.role = "img";
    this.hideResult();
    await paint(this.#canvases.before, picture, signal);
  }

  /** Makes room for a result that comes in parts: the original shows where there is none yet. */
  expectResult({ width, height }: Size, label: string): void {
    this.#result = { width, height };
    this.#isWhole = false;
    part(this.#root, ".tag-after").textContent = label;
    Object.assign(this.#canvases.after, { width, height });
    this.#draw();
  }

  showPart({ left, top, imageData }: Part): void {
    if (this.#result && !this.#isWhole) this.#canvases.after.getContext("2d")?.putImageData(imageData, left, top);
  }

  /** Shows the enlarged picture over the original, at the same place. */
  async showResult(result: ImageData, signal: AbortSignal): Promise<void> {
    await paint(this.#canvases.after, result, signal);
    this.#isWhole = true;
    this.#draw();
  }

  /** Shows a rival of the result in the original's place. */
  async showRival(rival: ImageData, label: string, signal: AbortSignal): Promise<void> {
    this.hideRival();
    await paint(this.#canvases.rival, rival, signal);
    this.#rival = { width: rival.width, height: rival.height };
    part(this.#root, ".tag-before").textContent = label;
    this.#draw();
  }

  /** Shows a map of the differences over both. */
  async showHeat(map: ImageData, signal: AbortSignal): Promise<void> {
    await paint(this.#canvases.heat, map, signal);
    this.#heat = { width: map.width, height: map.height };
    this.#draw();
  }

  hideHeat(): void {
    this.#heat = undefined;
    this.#empty("heat");
  }

  hideRival(): void {
    this.#rival = undefined;
    part(this.#root, ".tag-before").textContent = "Original";
    this.#empty("rival");
    this.hideHeat();
  }

  hideResult(): void {
    this.#result = undefined;
    this.#empty("after");
    this.hideRival();
  }

  /** An empty canvas gives its memory back. */
  #empty(layer: LayerName): void {
    this.#canvases[layer].width = this.#canvases[layer].height = 0;
    this.#draw();
  }

  /** `undefined` while everything is as it is at first. */
  get view(): View | undefined {
    return this.#fitted && this.#view.split === 0.5 ? undefined : { ...this.#view };
  }

  set view(view: View | undefined) {
    this.#fitted = view === undefined;
    if (view) this.#view = { ...view };
    else this.#view.split = 0.5;
    this.#draw();
  }

  /** The part of the picture that results are of; all of it where it is undefined. */
  set region(region: Area | undefined) {
    this.#region = region;
    this.#marks = region !== undefined;
    this.#draw();
  }

  /** The part of the picture that is in sight, in whole pixels. */
  get #inSight(): Area | undefined {
    if (!this.#picture) return undefined;
    const { clientWidth, clientHeight } = this.#viewport;
    return this.#areaBetween({ x: 0, y: 0 }, { x: clientWidth, y: clientHeight });
  }

  /** The pixels of the picture between two points of the viewer. */
  #areaBetween(a: Point, b: Point): Area | undefined {
    if (!this.#picture) return undefined;
    const { width, height } = this.#picture;
    const { left, top } = this.#corner;
    const along = (from: number, to: number, start: number, side: number) => {
      const ends = [from, to].map((at) => (at - start) / this.#view.magnification).sort((a, b) => a - b);
      const [first, last] = ends.map((end, index) =>
        Math.min(side, Math.max(0, index === 0 ? Math.floor(end) : Math.ceil(end))),
      );
      return [first ?? 0, (last ?? 0) - (first ?? 0)] as const;
    };
    const [x, wide] = along(a.x, b.x, left, width);
    const [y, high] = along(a.y, b.y, top, height);
    return wide > 0 && high > 0 ? { left: x, top: y, width: wide, height: high } : undefined;
  }

  /** Where the picture's corner is in the viewer, in CSS pixels. */
  get #corner(): { left: number; top: number } {
    const { width = 0, height = 0 } = this.#picture ?? {};
    const { x, y, magnification } = this.#view;
    return {
      left: this.#paneWidth / 2 - x * width * magnification,
      top: this.#viewport.clientHeight / 2 - (TOOLBAR - MARGIN) / 2 - y * height * magnification,
    };
  }

  #moveTo(change: Partial<View>): void {
    const inside = (fraction: number) => Math.min(1, Math.max(0, fraction));
    const view = { ...this.#view, ...change };
    const magnification = Math.min(MOST_MAGNIFICATION, Math.max(this.#fit() / 4, view.magnification));
    this.#view = { x: inside(view.x), y: inside(view.y), magnification, split: inside(view.split) };
    if (Object.keys(change).some((key) => key !== "split")) this.#fitted = false;
    this.#draw();
    this.onMove();
  }

  /** Zooms the view by a factor; the point of the picture that is under (`x`, `y`), in CSS pixels, stays there. */
  #zoomAt(factor: number, x = this.#paneWidth / 2, y = this.#viewport.clientHeight / 2): void {
    if (!this.#picture) return;
    const { width, height } = this.#picture;
    const before = this.#view.magnification;
    const magnification = Math.min(MOST_MAGNIFICATION, Math.max(this.#fit() / 4, before * factor));
    const shift = 1 / before - 1 / magnification;
    this.#moveTo({
      magnification,
      x: this.#view.x + (((x % this.#paneWidth) - this.#paneWidth / 2) * shift) / width,
      y: this.#view.y + ((y - this.#viewport.clientHeight / 2) * shift) / height,
    });
  }

  #panBy(dx: number, dy: number): void {
    if (!this.#picture) return;
    const { width, height } = this.#picture;
    const { x, y, magnification } = this.#view;
    this.#moveTo({ x: x - dx / (width * magnification), y: y - dy / (height * magnification) });
  }

  #showAll(): void {
    this.#fitted = true;
    this.#draw();
    this.onMove();
  }

  /** One pixel of the result, or of the original while there is no result, for each CSS pixel. */
  #showActual(): void {
    this.#zoomAt(this.#shownPixels() / this.#view.magnification);
  }

  /** Pixels of the picture that is judged, for each pixel of the original. */
  #shownPixels(): number {
    return this.#picture && this.#result ? this.#result.width / (this.#region ?? this.#picture).width : 1;
  }

  /** The magnification that fits the whole picture. */
  #fit(): number {
    if (!this.#picture) return 1;
    const width = Math.max(1, this.#paneWidth - 2 * MARGIN);
    const height = Math.max(1, this.#viewport.clientHeight - MARGIN - TOOLBAR);
    return Math.min(width / this.#picture.width, height / this.#picture.height, MOST_MAGNIFICATION);
  }

  /** Whether the pictures are side by side: only two whole ones can be. */
  get #isBeside(): boolean {
    return this.#beside && this.#result !== undefined && this.#isWhole && !this.#heat && !this.#region;
  }

  /** The width that each picture has, in CSS pixels. */
  get #paneWidth(): number {
    return this.#viewport.clientWidth / (this.#isBeside ? 2 : 1);
  }

  #draw(): void {
    const comparison = this.#heat ? "difference" : this.#isWhole ? "comparison" : "arrival";
    this.#root.dataset.shows = this.#picture ? (this.#result ? comparison : "picture") : "nothing";
    const beside = this.#isBeside;
    this.#root.classList.toggle("beside", beside);
    const picture = this.#picture;
    if (!picture) return;
    if (this.#fitted) Object.assign(this.#view, { x: 0.5, y: 0.5, magnification: this.#fit() });
    const { magnification, split } = this.#view;
    const { clientWidth } = this.#viewport;
    const corner = this.#corner;
    const whole: Area = { left: 0, top: 0, ...picture };
    const region = this.#region ?? whole;

    const place = (name: LayerName, size: Size, squares: boolean) => {
      const area = name === "before" ? whole : region;
      const pane = beside && name === "after" ? this.#paneWidth : 0;
      const left = pane + corner.left + area.left * magnification;
      const top = corner.top + area.top * magnification;
      const scaleX = (area.width / size.width) * magnification;
      const scaleY = (area.height / size.height) * magnification;
      const { style } = this.#canvases[name];
      style.transform = `translate(${left}px, ${top}px) scale(${scaleX}, ${scaleY})`;
      style.imageRendering = squares ? "pixelated" : "auto";
    };
    place("before", picture, this.#squares);
    const line = beside ? this.#paneWidth : this.#result ? split * clientWidth : clientWidth;
    const covered = this.#result && this.#isWhole ? clientWidth - line : 0;
    const leftClip = `inset(0 ${covered}px 0 0)`;
    // Under a rival that may be transparent, the original would show through.
    const hidden = this.#rival && !this.#region;
    // Around a part the original stays in sight.
    this.#layers.before.style.clipPath = this.#region ? "none" : hidden ? "inset(0 100% 0 0)" : leftClip;
    this.#mark(this.#region, corner, magnification);
    this.#layers.rival.style.clipPath = leftClip;
    const squares = magnification >= SHOW_SQUARES * this.#shownPixels();
    if (this.#rival) place("rival", this.#rival, squares);
    if (this.#result) place("after", this.#result, squares);
    if (this.#heat) place("heat", this.#heat, squares);
    this.#layers.after.style.clipPath = `inset(0 0 0 ${line}px)`;
    this.#divider.style.transform = `translateX(${line}px)`;
    this.#divider.ariaValueNow = String(Math.round(split * 100));
    this.#percent.textContent = `${Math.round((magnification / this.#shownPixels()) * 100)} %`;
    this.#drawLoupe();
  }

  /** Under the pointer, or in the middle for those who have none, both pictures magnified: left and right halves of one circle. */
  #drawLoupe(): void {
    const loupe = canvasIn(part(this.#root, ".loupe"));
    const { clientWidth, clientHeight } = this.#viewport;
    const at = this.#pointer ?? { x: clientWidth / 2, y: clientHeight / 2 };
    const frame = part(this.#root, ".loupe");
    const picture = this.#picture;
    frame.hidden = !this.#loupe || !picture;
    const context = loupe.getContext("2d");
    if (!this.#loupe || !picture || !context) return;
    const side = LOUPE_SIDE;
    Object.assign(frame.style, { left: `${at.x - side / 2}px`, top: `${at.y - side / 2}px` });
    Object.assign(loupe, { width: side, height: side });
    const corner = this.#corner;
    const { magnification } = this.#view;
    const zoom = Math.min(LOUPE_ZOOM * magnification, MOST_MAGNIFICATION);
    // The picture's pixel that the loupe is over; side by side, each half shows the same place.
    const x = ((at.x % this.#paneWidth) - corner.left) / magnification;
    const y = (at.y - corner.top) / magnification;
    const whole: Area = { left: 0, top: 0, ...picture };
    const show = (name: LayerName, size: Size, from: number, width: number) => {
      const area = name === "before" ? whole : (this.#region ?? whole);
      context.save();
      context.beginPath();
      context.rect(from, 0, width, side);
      context.clip();
      context.imageSmoothingEnabled = zoom < SHOW_SQUARES * (size.width / area.width);
      const [left, top] = [side / 2 + (area.left - x) * zoom, side / 2 + (area.top - y) * zoom];
      context.drawImage(this.#canvases[name], left, top, area.width * zoom, area.height * zoom);
      context.restore();
    };
    show("before", picture, 0, side);
    if (this.#rival) show("rival", this.#rival, 0, side / 2);
    if (this.#result && this.#isWhole) show("after", this.#result, side / 2, side / 2);
  }

  /** Outlines a part of the picture. */
  #mark(region: Area | undefined, corner: { left: number; top: number }, magnification: number): void {
    const outline = part(this.#root, ".region");
    outline.hidden = !region;
    this.#root.classList.toggle("marks", this.#marks);
    part(this.#root, "[data-action=region]").ariaPressed = String(this.#marks);
    if (!region) return;
    Object.assign(outline.style, {
      left: `${corner.left + region.left * magnification}px`,
      top: `${corner.top + region.top * magnification}px`,
      width: `${region.width * magnification}px`,
      height: `${region.height * magnification}px`,
    });
  }

  #listenToPointers(): void {
    /** Where a part of the picture began to be marked. */
    let start: Point | undefined;
    let marked: Area | undefined;
    const pointers = new Map<number, { x: number; y: number }>();
    const viewport = this.#viewport;
    const at = (event: MouseEvent) => {
      const { left, top } = viewport.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    viewport.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      viewport.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, at(event));
      // Two fingers move the view.
      start = this.#marks && pointers.size === 1 ? at(event) : undefined;
    });
    const point = (pointer: Point | undefined) => {
      this.#pointer = pointer;
      if (this.#loupe) this.#drawLoupe();
    };
    viewport.addEventListener("pointerleave", () => point(undefined));
    viewport.addEventListener("pointermove", (event) => {
      point(at(event));
      if (start && pointers.has(event.pointerId)) {
        marked = this.#areaBetween(start, at(event));
        if (marked) this.#mark(marked, this.#corner, this.#view.magnification);
        return;
      }
      const from = pointers.get(event.pointerId);
      if (!from) return;
      const to = at(event);
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const distance = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y);
        this.#zoomAt(distance(to) / Math.max(1, distance(from)), (to.x + other.x) / 2, (to.y + other.y) / 2);
        this.#panBy((to.x - from.x) / 2, (to.y - from.y) / 2);
      } else {
        this.#panBy(to.x - from.x, to.y - from.y);
      }
      pointers.set(event.pointerId, to);
    });
    for (const type of ["pointerup", "pointercancel"] as const) {
      viewport.addEventListener(type, (event) => {
        pointers.delete(event.pointerId);
        if (start && marked && type === "pointerup") this.onRegion(marked);
        start = marked = undefined;
      });
    }
    viewport.addEventListener("dblclick", (event) => {
      const { x, y } = at(event);
      if (this.#fitted) this.#zoomAt((2 * this.#shownPixels()) / this.#view.magnification, x, y);
      else this.#showAll();
    });
    viewport.addEventListener(
      "wheel",
      (event) => {
        if (!this.#picture) return;
        event.preventDefault();
        const { x, y } = at(event);
        // A mouse wheel reports lines in some browsers; a pinch on a touchpad is a small wheel with Ctrl.
        const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
        this.#zoomAt(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), x, y);
      },
      { passive: false },
    );

    this.#divider.addEventListener("pointerdown", (event) => this.#divider.setPointerCapture(event.pointerId));
    this.#divider.addEventListener("pointermove", (event) => {
      if (!this.#divider.hasPointerCapture(event.pointerId)) return;
      this.#moveTo({ split: at(event).x / viewport.clientWidth });
    });
  }

  #listenToKeys(): void {
    const PAN = 60;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => this.#panBy(PAN, 0),
      ArrowRight: () => this.#panBy(-PAN, 0),
      ArrowUp: () => this.#panBy(0, PAN),
      ArrowDown: () => this.#panBy(0, -PAN),
      "+": () => this.#zoomAt(1.25),
      "=": () => this.#zoomAt(1.25),
      "-": () => this.#zoomAt(0.8),
      "0": () => this.#showAll(),
      "1": () => this.#showActual(),
    };
    const splitKeys: Record<string, () => number> = {
      ArrowLeft: () => this.#view.split - 0.02,
      ArrowRight: () => this.#view.split + 0.02,
      Home: () => 0,
      End: () => 1,
    };
    this.#viewport.addEventListener("keydown", (event) => {
      const act = keys[event.key];
      if (!act || !this.#picture || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      act();
    });
    this.#divider.addEventListener("keydown", (event) => {
      const split = splitKeys[event.key];
      if (!split) return;
      event.preventDefault();
      this.#moveTo({ split: split() });
    });
  }

  #listenToToolbar(toolbar: HTMLElement): void {
    const actions: Record<string, (button: HTMLElement) => void> = {
      in: () => this.#zoomAt(1.5),
      out: () => this.#zoomAt(1 / 1.5),
      fit: () => this.#showAll(),
      actual: () => this.#showActual(),
      region: () => {
        this.#marks = !this.#marks;
        const zoomedIn = this.#marks && this.#view.magnification > this.#fit();
        if (zoomedIn) this.onRegion(this.#inSight);
        else if (this.#region) this.onRegion(undefined);
        this.#draw();
      },
      loupe: (button) => {
        this.#loupe = !this.#loupe;
        button.ariaPressed = String(this.#loupe);
        this.#draw();
      },
      beside: (button) => {
        this.#beside = !this.#beside;
        button.ariaPressed = String(this.#beside);
        this.#draw();
      },
      pixels: (button) => {
        this.#squares = !this.#squares;
        button.ariaPressed = String(this.#squares);
        this.#draw();
      },
    };
    toolbar.addEventListener("click", (event) => {
      const button = (event.target as Element).closest("button");
      if (button) actions[button.dataset.action ?? ""]?.(button);
      this.onMove();
    });
  }
}
