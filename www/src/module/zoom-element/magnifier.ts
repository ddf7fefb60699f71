/**
 * The lens over a picture: it follows a mouse that hovers, a finger that drags, or the arrow keys.
 * The part under it is shown plainly enlarged at once, and by the network as soon as that has it.
 *
 * It imports only types from the element: it is a file of its own, loaded when it is needed.
 */
import type { Area } from "../../api/index.ts";
import { contextOf, limit, NewestPart, pixelsOf, type NewestPartHost } from "./newest-part.ts";

/** The detail of the event `zoom`, in pixels of the picture. */
export interface ZoomDetail {
  /** The point that the lens points at. */
  x: number;
  y: number;
  /** How much larger things are under the lens than beside it; 1 if there is no lens. */
  zoom: number;
  /** The part that is seen in the lens; the whole picture if there is none. */
  region: Area;
}

/** The parts of the element that the magnifier needs. */
export interface MagnifierHost extends NewestPartHost {
  element: HTMLElement;
  /** Around the picture. */
  frame: HTMLElement;
  /** The enlarged picture, in the place of `image` unless it is hidden. */
  canvas: HTMLCanvasElement;
}

interface Point {
  x: number;
  y: number;
}

const DEFAULT_ZOOM = 3;
const [MIN_ZOOM, MAX_ZOOM] = [1.25, 16];
/** The factor of a press of + or -. */
const ZOOM_STEP = 1.25;
/** How far an arrow key moves, as a part of what the lens shows. */
const MOVE = 1 / 8;
/** The network enlarges this far; what is beyond it shows no more detail and takes long. */
const MAX_SCALE = 4;
/** A finger that moves less, in CSS pixels, taps. */
const TAP = 8;
/** Between a finger and the lens. */
const GAP = 24;

const arrows: Partial<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const CSS = `
  [part=frame] { touch-action: pan-y pinch-zoom; cursor: crosshair; -webkit-user-select: none; user-select: none;
    -webkit-touch-callout: none }
  [part=frame].open { touch-action: none }
  [part=lens] { position: absolute; z-index: 1; top: 0; left: 0; box-sizing: border-box; width: min(240px, 60%);
    height: auto; max-width: 100%; max-height: 100%; aspect-ratio: 1; border-radius: 50%; background: Canvas;
    box-shadow: 0 0 0 2px #fff, 0 0 0 3px rgb(0 0 0 / 35%), 0 4px 16px rgb(0 0 0 / 35%);
    outline: 2px solid transparent; pointer-events: none }
  @media (prefers-reduced-motion: no-preference) { [part=lens] { animation: open 0.12s } }
  @keyframes open { from { opacity: 0; scale: 0.8 } }
`;

let sheet: CSSStyleSheet | undefined;

export class Magnifier {
  readonly #host: MagnifierHost;
  readonly #signal: AbortSignal;
  readonly #lens = document.createElement("canvas");
  #zoom = DEFAULT_ZOOM;
  /** The point that the lens shows, in fractions of the picture; undefined if there is no lens. */
  #at: Point | undefined;
  /** Whether it was opened by a finger, which hides what is under it. */
  #isTouch = false;
  /** Closed by Escape while the mouse is over the picture: the mouse has to leave first. */
  #isDismissed = false;
  /** The finger's touch so far. */
  #touch: { from: Point; wasOpen: boolean; isDrag: boolean } | undefined;
  /** Fingers that are down. */
  readonly #fingers = new Map<number, Point>();
  readonly #part: NewestPart;

  constructor(host: MagnifierHost, signal: AbortSignal) {
    this.#host = host;
    this.#signal = signal;
    this.#part = new NewestPart(host, signal, () => void this.#draw());
    const { frame } = host;
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(CSS);
    const root = frame.getRootNode() as ShadowRoot;
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
    this.#lens.setAttribute("part", "lens");
    this.#lens.ariaHidden = "true";
    this.#lens.hidden = true;
    frame.append(this.#lens);
    frame.tabIndex = 0;
    // Screen readers pass the arrow keys on to an application.
    frame.role = "application";
    frame.setAttribute("aria-keyshortcuts", "Enter ArrowLeft ArrowRight ArrowUp ArrowDown Plus - Escape");
    this.refresh();
    this.#listen();
    signal.addEventListener("abort", () => this.#remove());
  }

  /** Reads the attributes of the lens. */
  refresh(): void {
    const { element, frame } = this.#host;
    frame.ariaLabel = element.getAttribute("label") ?? "Magnifier";
    this.#setZoom(Number(element.getAttribute("zoom")) || DEFAULT_ZOOM);
    if (this.#at) this.#show();
  }

  #remove(): void {
    this.#close();
    this.#lens.remove();
    const { frame } = this.#host;
    for (const name of ["tabindex", "role", "aria-keyshortcuts", "aria-label"]) frame.removeAttribute(name);
    const root = frame.getRootNode() as ShadowRoot;
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
  }

  #listen(): void {
    const { frame } = this.#host;
    const document = frame.ownerDocument;
    const options = { signal: this.#signal };
    const on = <Type extends keyof HTMLElementEventMap>(
      type: Type,
      listener: (event: HTMLElementEventMap[Type]) => void,
    ) => frame.addEventListener(type, listener, options);
    const isTouch = ({ pointerType }: PointerEvent) => pointerType === "touch";
    on("pointerdown", (event) => {
      if (!isTouch(event)) return;
      const from = { x: event.clientX, y: event.clientY };
      this.#fingers.set(event.pointerId, from);
      if (event.isPrimary) this.#touch = { from, wasOpen: this.#at !== undefined, isDrag: false };
    });
    on("pointermove", (event) => {
      if (isTouch(event)) this.#drag(event);
      else if (!this.#isDismissed) this.#point(this.#locate(event), false);
    });
    on("pointerup", (event) => {
      const touch = this.#touch;
      if (!this.#fingers.delete(event.pointerId) || !touch || !event.isPrimary) return;
      this.#touch = undefined;
      if (touch.isDrag) return;
      if (touch.wasOpen) this.#close();
      else this.#point(this.#locate(event), true);
    });
    // The browser scrolls the page.
    on("pointercancel", () => {
      if (this.#touch?.wasOpen === false) this.#close();
      this.#fingers.clear();
      this.#touch = undefined;
    });
    on("pointerleave", (event) => {
      if (isTouch(event)) return;
      this.#isDismissed = false;
      this.#close();
    });
    on("keydown", (event) => this.#press(event));
    on("blur", () => this.#close());
    const onDocument = (event: PointerEvent) => {
      if (!event.composedPath().includes(frame)) this.#close();
    };
    document.addEventListener("pointerdown", onDocument, options);
    // The focus may be elsewhere while the mouse hovers.
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !this.#at) return;
      // Otherwise it would also close a dialog around the picture.
      event.preventDefault();
      this.#isDismissed = !this.#isTouch && frame.matches(":hover");
      this.#close();
    };
    document.addEventListener("keydown", onEscape, options);
  }

  get #shown(): HTMLImageElement | HTMLCanvasElement {
    const { image, canvas } = this.#host;
    return canvas.hidden ? image : canvas;
  }

  #locate({ clientX, clientY }: Pick<MouseEvent, "clientX" | "clientY">): Point {
    const { left, top, width, height } = this.#shown.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  #drag({ pointerId, isPrimary, clientX: x, clientY: y }: PointerEvent): void {
    const touch = this.#touch;
    if (!touch || !this.#fingers.has(pointerId)) return;
    const before = this.#space();
    this.#fingers.set(pointerId, { x, y });
    const after = this.#space();
    if (before && after) {
      touch.isDrag = true;
      this.#setZoom((this.#zoom * after) / before);
      this.#show();
      return;
    }
    if (!isPrimary) return;
    const [across, along] = [Math.abs(x - touch.from.x), Math.abs(y - touch.from.y)];
    // Up and down scrolls the page, where there is no lens yet.
    touch.isDrag ||= Math.max(across, along) > TAP && (touch.wasOpen || across > along);
    if (touch.isDrag) this.#point(this.#locate({ clientX: x, clientY: y }), true);
  }

  /** Between the two fingers of a pinch. */
  #space(): number | undefined {
    const [a, b] = this.#fingers.values();
    return a && b && Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const at = this.#at ?? { x: 0.5, y: 0.5 };
    const arrow = arrows[key];
    if (arrow && this.#at) {
      const { clientWidth, clientHeight } = this.#shown;
      const step = (MOVE * (event.shiftKey ? 4 : 1)) / this.#zoom;
      const x = at.x + (arrow[0] * step * this.#lens.clientWidth) / clientWidth;
      const y = at.y + (arrow[1] * step * this.#lens.clientHeight) / clientHeight;
      this.#point({ x, y }, false);
    } else if (arrow) this.#point(at, false);
    else if (key === "+" || key === "=" || key === "-") {
      this.#setZoom(this.#zoom * (key === "-" ? 1 / ZOOM_STEP : ZOOM_STEP));
      this.#point(at, this.#isTouch);
    } else if (key === "Enter" || key === " ") {
      if (this.#at) this.#close();
      else this.#point(at, false);
    } else return;
    event.preventDefault();
  }

  #setZoom(zoom: number): void {
    this.#zoom = limit(zoom, MIN_ZOOM, MAX_ZOOM);
  }

  #point({ x, y }: Point, isTouch: boolean): void {
    // There may be no picture yet, or none at all.
    if (!this.#host.image.naturalWidth || !this.#shown.clientWidth) return;
    if (!this.#at) this.#part.tryAgain();
    this.#at = { x: limit(x, 0, 1), y: limit(y, 0, 1) };
    this.#isTouch = isTouch;
    this.#lens.hidden = false;
    this.#host.frame.classList.add("open");
    this.#show();
  }

  #close(): void {
    if (!this.#at) return;
    const { naturalWidth: width, naturalHeight: height } = this.#host.image;
    this.#at = undefined;
    this.#part.cancel();
    this.#lens.hidden = true;
    this.#host.frame.classList.remove("open");
    this.#emit({ x: width / 2, y: height / 2, zoom: 1, region: { left: 0, top: 0, width, height } });
  }

  #emit(detail: ZoomDetail): void {
    this.#host.emit("zoom", detail);
  }

  #show(): void {
    const drawn = this.#draw();
    if (!drawn) return;
    const { region, point } = drawn;
    this.#emit({ ...point, zoom: this.#zoom, region });
  }

  /** Draws what is known by now, and asks for what is missing. Returns what is seen. */
  #draw(): { region: Area; point: Point } | undefined {
    const at = this.#at;
    if (!at) return undefined;
    const { image, frame } = this.#host;
    const shown = this.#shown;
    const lens = this.#lens;
    const { clientWidth: width, clientHeight: height } = lens;
    // The lens stays inside of the picture. What is under the pointer stays under it, so the lens
    // shows nothing beyond the edges.
    const position = (at: number, side: number, max: number) => {
      const start = limit(at * max - side / 2, 0, Math.max(0, max - side));
      return { start, seen: at * max - (at * max - start) / this.#zoom };
    };
    const x = position(at.x, width, shown.clientWidth);
    const y = position(at.y, height, shown.clientHeight);
    /** Pixels of the picture in a CSS pixel. */
    const density = image.naturalWidth / shown.clientWidth;
    /** Pixels of the lens for a pixel of the picture. */
    const scale = (this.#zoom * devicePixelRatio) / density;
    const [columns, rows] = [(width * density) / this.#zoom, (height * density) / this.#zoom];
    // At whole pixels of the lens, results are not blurred.
    const start = (from: number, max: number) => limit(Math.round(from * density * scale) / scale, 0, max);
    const region = {
      left: start(x.seen, image.naturalWidth - columns),
      top: start(y.seen, image.naturalHeight - rows),
      width: columns,
      height: rows,
    };
    this.#paint(region, scale);
    const top = this.#isTouch ? this.#aside(x, at.y * shown.clientHeight, frame) : y.start;
    lens.style.translate = `${x.start}px ${top}px`;
    const known = shown instanceof HTMLCanvasElement ? shown.width / image.naturalWidth : 1;
    if (scale > known) this.#part.request({ area: pixelsOf(region, image), scale: Math.min(scale, MAX_SCALE) });
    return { region, point: { x: at.x * image.naturalWidth, y: at.y * image.naturalHeight } };
  }

  #paint({ left, top, width, height }: Area, scale: number): void {
    const { image } = this.#host;
    const shown = this.#shown;
    const lens = this.#lens;
    // This also clears it.
    lens.width = Math.round(width * scale);
    lens.height = Math.round(height * scale);
    const context = contextOf(lens);
    context.imageSmoothingQuality = "high";
    const ratio = shown instanceof HTMLCanvasElement ? shown.width / image.naturalWidth : 1;
    const plain = [left, top, width, height].map((value) => value * ratio) as [number, number, number, number];
    context.drawImage(shown, ...plain, 0, 0, lens.width, lens.height);
    const { result } = this.#part;
    if (!result) return;
    // Without the halo, which saw less than the rest.
    const { area, outer, canvas } = result;
    const grown = canvas.width / outer.width;
    const [fromLeft, fromTop] = [(area.left - outer.left) * grown, (area.top - outer.top) * grown];
    const [toLeft, toTop] = [(area.left - left) * scale, (area.top - top) * scale];
    const to = [toLeft, toTop, area.width * scale, area.height * scale] as const;
    // Transparent pixels let the plain ones through. Edges are left, where both are blended.
    context.clearRect(Math.ceil(toLeft), Math.ceil(toTop), Math.floor(to[2]) - 1, Math.floor(to[3]) - 1);
    context.drawImage(canvas, fromLeft, fromTop, area.width * grown, area.height * grown, ...to);
  }

  /** Above the finger if the window has room there; else beside it. */
  #aside(x: { start: number }, finger: number, frame: HTMLElement): number {
    const { clientWidth, clientHeight } = this.#lens;
    const above = finger - GAP - clientHeight;
    if (frame.getBoundingClientRect().top + above >= 0) return above;
    const { clientWidth: right, clientHeight: bottom } = this.#shown;
    const middle = x.start + clientWidth / 2;
    x.start = middle > right / 2 ? 0 : right - clientWidth;
    return limit(finger - clientHeight / 2, 0, bottom - clientHeight);
  }
}
