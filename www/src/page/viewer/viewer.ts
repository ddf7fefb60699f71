/**
 * The viewer shows two pictures at the same place and size, divided by a movable line or side by
 * side. They pan and zoom together by mouse, wheel, touch and keys. The left one is the original or
 * a baseline.
 */
import type { Area, Part } from "../../module/core.ts";
import { Camera, SHOW_SQUARES, type Point, type Size } from "./camera.ts";
import { clips } from "./clips.ts";
import { detailedSpot } from "./detail.ts";
import { listenToGestures, type Drag } from "./gestures.ts";
import { toggles, type LinkedView, type Toggle, type View } from "../session/link-state.ts";
import { drawLoupe, type LoupePicture } from "./loupe.ts";
import { listenToKeys } from "./keys.ts";
import { Labels } from "./labels.ts";
import { byLayer, canvasIn, part, type LayerName } from "./layers.ts";
import { LeftName } from "./left-name.ts";
import { NextPart } from "./next-part.ts";
import { paint } from "./paint.ts";
import { RegionSelector } from "./region-selector.ts";
import { t, type Phrase } from "../shared/words.ts";

/** A name is hidden if less of its picture is visible than this, in CSS pixels. */
const TAG_SPACE = 40;

export class Viewer implements LinkedView {
  /** Called for each change of the view by the visitor; with `isResized`, of the viewer's size. */
  onMove: (isResized?: true) => void = () => undefined;
  /** Called when the visitor has marked a region, or none; with `moving`, while marking it. */
  onRegion: (region: Area | undefined, moving: boolean) => void = () => undefined;

  /** The switches that are on. */
  get toggles(): readonly Toggle[] {
    const on = { beside: this.#beside, swapped: this.#swapped, loupe: this.#loupe, pixels: this.#squares };
    return toggles.filter((toggle) => on[toggle]);
  }

  set toggles(on: readonly Toggle[]) {
    this.#beside = on.includes("beside");
    this.#swapped = on.includes("swapped");
    this.#loupe = on.includes("loupe");
    this.#squares = on.includes("pixels");
    for (const button of this.#root.querySelectorAll<HTMLElement>("[data-action][aria-pressed]")) {
      const toggle = toggles.find((name) => name === button.dataset["action"]);
      if (toggle) button.ariaPressed = String(on.includes(toggle));
    }
    this.#draw();
  }

  readonly #root: HTMLElement;
  readonly #viewport: HTMLElement;
  readonly #layers: Record<LayerName, HTMLElement>;
  readonly #canvases: Record<LayerName, HTMLCanvasElement>;
  readonly #divider: HTMLElement;
  readonly #flip: HTMLButtonElement;
  readonly #camera: Camera;
  readonly #selector: RegionSelector;
  readonly #labels = new Labels(() => this.#draw());
  readonly #leftName: LeftName;
  /** A part that was enlarged with other settings than the result. */
  readonly nextPart: NextPart;

  #result: Size | undefined;
  /** The size of the picture in the original's place. */
  #baseline: Size | undefined;
  /** The size of the map of differences over both. */
  #heat: Size | undefined;
  /** Whether that is transparent. */
  #isTint = false;
  #beside = false;
  /** Whether the pictures side by side have changed places. */
  #swapped = false;
  /** Whether a drag marks a region. */
  #marks = false;
  #loupe = false;
  #pointer: Point | undefined;
  /** The region that the result shows; undefined: the whole picture. */
  #region: Area | undefined;
  /** The split before a region was marked. */
  #splitBefore: number | undefined;
  /** Whether the result is complete. */
  #isWhole = false;
  /** Whether parts of the next result are drawn over it. */
  #isPatched = false;
  #squares = false;
  /** Whether the original is shown in the result's place while a key or a pointer is held down. */
  #isHeld = false;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#viewport = part(root, ".viewport");
    this.#layers = byLayer((name) => part(root, `.layer.${name}`));
    this.#canvases = byLayer((name) => canvasIn(this.#layers[name]));
    this.nextPart = new NextPart(this.#canvases.next, part(root, ".tag-after"), this.#labels, () => this.#draw());
    this.#divider = part(root, ".divider");
    this.#leftName = new LeftName(part(root, ".left"), this.#divider, this.#labels);
    this.#flip = part(root, "[data-action=flip]") as HTMLButtonElement;
    this.#camera = new Camera(this.#viewport);
    this.#selector = new RegionSelector(part(root, ".region"), this.#camera);
    this.#selector.onStart = () => this.#showResultAlone();
    this.#selector.onChange = (area, moving) => {
      if (!area) this.#viewport.focus({ preventScroll: true });
      this.#draw();
      this.onRegion(area, moving);
    };
    this.#listenToPointers();
    this.#listenToKeys();
    this.#listenToToolbar(part(root, ".toolbar"));
    part(this.#root, ".whole").addEventListener("click", () => this.#selector.onChange(undefined, false));
    new ResizeObserver(() => this.#draw()).observe(this.#viewport);
    new ResizeObserver(() => this.onMove(true)).observe(this.#viewport);
  }

  /** Shows a picture alone, fitted into the viewer. */
  async showPicture(picture: ImageData, description: Phrase, signal: AbortSignal): Promise<void> {
    this.#camera.show({ width: picture.width, height: picture.height });
    this.region = undefined;
    this.#canvases.before.role = this.#canvases.after.role = "img";
    this.#labels.set(this.#canvases.before, "ariaLabel", () => t`Original: ${t(description)}`);
    this.#labels.set(this.#canvases.after, "ariaLabel", () => t`Enlarged: ${t(description)}`);
    this.hideResult();
    await paint(this.#canvases.before, picture, signal);
  }

  /** Makes room for a result that comes in parts. The original shows where they are missing. */
  expectResult({ width, height }: Size, label: () => string): void {
    this.#result = { width, height };
    this.#camera.alone = undefined;
    this.#region = this.#selector.area;
    this.#isWhole = false;
    this.#labels.set(part(this.#root, ".tag-after"), "textContent", label);
    Object.assign(this.#canvases.after, { width, height });
    this.#draw();
  }

  showPart({ left, top, imageData }: Part): void {
    if (!this.#result) return;
    this.#isPatched = this.#isWhole;
    this.#canvases.after.getContext("2d")?.putImageData(imageData, left, top);
  }

  /** Shows the whole result again after parts of another one, which will not be completed. */
  restore(result: ImageData): void {
    if (this.#isPatched && this.#isWhole) this.#canvases.after.getContext("2d")?.putImageData(result, 0, 0);
    this.#isPatched = false;
  }

  /** Shows the enlarged picture over the original, at the same place. */
  async showResult(result: ImageData, signal: AbortSignal, label?: () => string): Promise<void> {
    await paint(this.#canvases.after, result, signal);
    if (label) this.#labels.set(part(this.#root, ".tag-after"), "textContent", label);
    this.#isWhole = true;
    this.#isPatched = false;
    if (!this.#region) this.#camera.open(() => detailedSpot(result));
    this.#draw();
  }

  /** Opens a picture where and as large as its result will open. */
  open(picture: ImageData, zoom: number): void {
    this.#camera.detail = zoom;
    if (!this.#region) this.#camera.open(() => detailedSpot(picture));
    this.#draw();
  }

  /** Shows a small region enlarged, at once. The rectangle may have moved on already. */
  showRegion(region: Area, result: ImageData, label: () => string): void {
    this.hideBaseline();
    const { alone } = this.#camera;
    this.expectResult(result, label);
    this.#camera.alone = alone;
    this.#region = region;
    this.#canvases.after.getContext("2d")?.putImageData(result, 0, 0);
    this.#isWhole = true;
    this.#draw();
  }

  /** Shows a baseline in the original's place. */
  async showBaseline(baseline: ImageData, label: () => string, signal: AbortSignal): Promise<void> {
    this.hideBaseline();
    await paint(this.#canvases.baseline, baseline, signal);
    this.#baseline = { width: baseline.width, height: baseline.height };
    this.#leftName.baseline = label;
    this.#draw();
  }

  /** Shows a map of the differences in the place of both. */
  async showHeat(map: ImageData, signal: AbortSignal): Promise<void> {
    await this.showTint(map, signal);
    this.#isTint = false;
    this.#draw();
  }

  /** Shows a transparent picture over both. */
  async showTint(tint: ImageData, signal: AbortSignal): Promise<void> {
    await paint(this.#canvases.heat, tint, signal);
    this.#heat = { width: tint.width, height: tint.height };
    this.#isTint = true;
    this.#draw();
  }

  hideHeat(): void {
    this.#heat = undefined;
    this.#empty("heat");
  }

  hideBaseline(): void {
    this.#baseline = undefined;
    this.#leftName.baseline = undefined;
    this.#empty("baseline");
    this.hideHeat();
  }

  hideResult(): void {
    this.#result = this.#camera.alone = undefined;
    this.#region = this.#selector.area;
    this.#empty("after");
    this.hideBaseline();
  }

  /** An empty canvas frees its memory. */
  #empty(layer: LayerName): void {
    this.#canvases[layer].width = this.#canvases[layer].height = 0;
    this.#draw();
  }

  /** Undefined while nothing has been changed. */
  get view(): View | undefined {
    // At first a region shows the result alone.
    const usual = this.#splitBefore === undefined ? 0.5 : 0;
    return this.#camera.fitted && this.#camera.view.split === usual ? undefined : { ...this.#camera.view };
  }

  set view(view: View | undefined) {
    this.#camera.fitted = view === undefined;
    this.#camera.isPlaced = true;
    this.#camera.view = view ?? { ...this.#camera.view, split: 0.5 };
    this.#draw();
  }

  /** The region that results show; undefined: the whole picture. */
  set region(region: Area | undefined) {
    this.#region = this.#selector.area = region;
    this.#marks &&= region !== undefined;
    if (!region && this.#splitBefore !== undefined) {
      this.#camera.view = { ...this.#camera.view, split: this.#splitBefore };
      this.#splitBefore = undefined;
    }
    if (region && this.#splitBefore === undefined) this.#showResultAlone();
    this.#draw();
  }

  /** The marked region. */
  get region(): Area | undefined {
    return this.#selector.area;
  }

  /** The visible part of the picture. */
  get visibleArea(): Area | undefined {
    return this.#camera.visibleArea;
  }

  /** The same without what the line keeps to the original. */
  get visibleResult(): Area | undefined {
    return this.#camera.visibleResult;
  }

  /** Shows the result alone in a new region: the original is around it. */
  #showResultAlone(): void {
    this.#splitBefore ??= this.#camera.view.split;
    this.#splitAt(0);
  }

  #splitAt(split: number): void {
    this.#camera.alone = undefined;
    this.#camera.view = { ...this.#camera.view, split };
    this.#moved();
  }

  #moved(): void {
    this.#camera.isPlaced = true;
    this.#draw();
    this.onMove();
  }

  /** Zooms the view by a factor around a point of the viewer. */
  #zoomAt(factor: number, at = this.#camera.middle()): void {
    this.#camera.transform(factor, at, at, this.#camera.paneAt(at));
    this.#moved();
  }

  #panBy(x: number, y: number): void {
    this.#camera.transform(1, { x: 0, y: 0 }, { x, y }, 0);
    this.#moved();
  }

  #showAll(): void {
    this.#camera.fitted = true;
    this.#moved();
  }

  /** Shows one pixel of the result, or else of the original, for each CSS pixel. */
  #showActual(): void {
    this.#zoomAt(this.#camera.detail / this.#camera.magnification);
  }

  /** Shows the other picture at the same place. Side by side, the pictures change places. */
  #showOther(): void {
    if (this.#flip.disabled) return;
    if (this.#isBeside) this.#swapped = !this.#swapped;
    else this.#camera.alone = this.#camera.split < 0.5 ? 1 : 0;
    this.#moved();
  }

  /** Shows the original alone while something is held down. */
  #hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld || (isHeld && !this.#isWhole)) return;
    this.#isHeld = isHeld;
    this.#draw();
  }

  /** Whether the pictures are side by side, which takes two complete ones. */
  get #isBeside(): boolean {
    return this.#beside && this.#result !== undefined && this.#isWhole && !this.#heat && !this.#isMarked;
  }

  /** Whether a part is marked or will be: it is seen inside its picture, and not beside it. */
  get #isMarked(): boolean {
    return this.#marks || this.#selector.area !== undefined;
  }

  #draw(): void {
    const camera = this.#camera;
    const { picture } = camera;
    const shows = this.#heat && !this.#isTint ? "difference" : this.#isWhole ? "comparison" : "preview";
    this.#root.dataset.shows = picture ? (this.#result ? shows : "picture") : "nothing";
    this.#flip.disabled = this.#root.dataset.shows !== "comparison";
    const beside = this.#isBeside;
    const swapped = beside && this.#swapped;
    const looks = {
      beside,
      swapped,
      tinted: this.#isTint,
      marks: this.#marks,
      "has-part": this.#selector.area !== undefined,
    };
    for (const [name, isOn] of Object.entries(looks)) this.#root.classList.toggle(name, isOn);
    part(this.#root, "[data-action=region]").ariaPressed = String(this.#marks);
    const aside = { disabled: this.#isMarked, ariaPressed: String(this.#beside && !this.#isMarked) };
    Object.assign(part(this.#root, "[data-action=beside]"), aside);
    if (!picture) return;

    const whole: Area = { left: 0, top: 0, ...picture };
    const region = this.#region ?? whole;
    camera.panes = beside ? 2 : 1;
    camera.detail = this.#result ? this.#result.width / region.width : 1;
    camera.refit();
    const { magnification, split } = camera;
    const { clientWidth, clientHeight } = this.#viewport;

    const position = (name: LayerName, size: Size, squares: boolean, area = region) => {
      const { left, top, width, height } = camera.toViewer(area);
      const isRight = name === "after" || name === "next";
      const pane = beside && isRight !== swapped ? camera.paneWidth : 0;
      const { style } = this.#canvases[name];
      style.transform = `translate(${pane + left}px, ${top}px) scale(${width / size.width}, ${height / size.height})`;
      style.imageRendering = squares ? "pixelated" : "auto";
    };
    const isClose = magnification >= SHOW_SQUARES * camera.detail;
    // Pixels as squares on one side alone would make that side look worse.
    const squares = this.#squares && isClose;
    position("before", picture, this.#squares, whole);
    if (this.#baseline) position("baseline", this.#baseline, squares);
    if (this.#result) position("after", this.#result, squares);
    if (this.nextPart.area) position("next", this.#canvases.next, squares, this.nextPart.area);
    if (this.#heat) position("heat", this.#heat, isClose);

    const line = beside ? camera.paneWidth : this.#result && !this.#isHeld ? split * clientWidth : clientWidth;
    const marked = this.#selector.area;
    const paths = clips({
      line,
      width: clientWidth,
      height: clientHeight,
      isDivided: this.#result !== undefined && this.#isWhole,
      swapped,
      hasBaseline: this.#baseline !== undefined,
      isPart: this.#region !== undefined && !beside,
      hole: marked && camera.toViewer(marked),
    });
    for (const [name, path] of Object.entries(paths)) this.#layers[name as LayerName].style.clipPath = path;
    this.#selector.draw();
    this.#divider.style.transform = `translateX(${line}px)`;
    Object.assign(this.#divider, { inert: beside, ariaValueNow: String(Math.round(split * 100)) });
    this.#leftName.draw(line >= TAG_SPACE, !this.#squares && magnification * devicePixelRatio > 1, clientWidth);
    part(this.#root, ".tag-after").hidden = line > clientWidth - TAG_SPACE;
    part(this.#root, ".percent").textContent = `${Math.round(100 * magnification)} %`;
    this.#drawLoupe();
  }

  /** Under the pointer, or in the middle without one. */
  #drawLoupe(): void {
    const frame = part(this.#root, ".loupe");
    const { picture } = this.#camera;
    frame.hidden = !this.#loupe || !picture;
    if (!this.#loupe || !picture) return;
    const { clientWidth, clientHeight } = this.#viewport;
    const at = this.#pointer ?? { x: clientWidth / 2, y: clientHeight / 2 };
    const whole: Area = { left: 0, top: 0, ...picture };
    const area = this.#region ?? whole;
    const pictures: LoupePicture[] = [{ canvas: this.#canvases.before, area: whole, half: "both" }];
    if (this.#baseline) pictures.push({ canvas: this.#canvases.baseline, area, half: "left" });
    if (this.#result && this.#isWhole) pictures.push({ canvas: this.#canvases.after, area, half: "right" });
    if (this.nextPart.area) pictures.push({ canvas: this.#canvases.next, area: this.nextPart.area, half: "right" });
    const look = { magnification: this.#camera.magnification, squares: this.#squares };
    drawLoupe(frame, canvasIn(frame), at, this.#camera.toPicture(at), look, pictures);
  }

  #listenToPointers(): void {
    const camera = this.#camera;
    const divide: Drag = {
      move: ({ x }) => this.#splitAt(x / this.#viewport.clientWidth),
      end: () => undefined,
    };
    listenToGestures(this.#viewport, [this.#divider], {
      transform: (factor, from, to, origin) => {
        camera.transform(factor, from, to, camera.paneAt(origin));
        this.#moved();
      },
      toggleZoom: (at) => {
        const magnification = 2 * Math.max(camera.detail, camera.magnification);
        if (camera.fitted) this.#zoomAt(magnification / camera.magnification, at);
        else this.#showAll();
      },
      hold: (isHeld) => this.#hold(isHeld),
      hover: (at) => {
        this.#pointer = at;
        this.#viewport.style.cursor = at && this.#marks ? this.#selector.cursorAt(at) : "";
        if (this.#loupe) this.#drawLoupe();
      },
      grab: (at, { currentTarget, pointerType }) => {
        if (currentTarget === this.#divider) return divide;
        return this.#marks ? this.#selector.grab(at, pointerType === "touch") : undefined;
      },
    });
  }

  #listenToKeys(): void {
    const camera = this.#camera;
    listenToKeys(this.#root, this.#viewport, this.#divider, {
      get isReady() {
        return camera.picture !== undefined;
      },
      panBy: (x, y) => this.#panBy(x, y),
      zoomBy: (factor) => this.#zoomAt(factor),
      showAll: () => this.#showAll(),
      showActual: () => this.#showActual(),
      showOther: () => this.#showOther(),
      divideBy: (change) => this.#splitAt(camera.split + change),
      hold: (isHeld) => this.#hold(isHeld),
    });
  }

  #listenToToolbar(toolbar: HTMLElement): void {
    /** A button that is on or off. */
    const toggle = (set: (is: boolean) => void) => (button: HTMLElement) => {
      const is = button.ariaPressed !== "true";
      button.ariaPressed = String(is);
      set(is);
      this.#draw();
    };
    const actions: Record<string, (button: HTMLElement, byKey: boolean) => void> = {
      in: () => this.#zoomAt(1.5),
      out: () => this.#zoomAt(1 / 1.5),
      fit: () => this.#showAll(),
      actual: () => this.#showActual(),
      flip: () => this.#showOther(),
      region: (_, byKey) => this.#toggleMarking(byKey),
      loupe: toggle((is) => (this.#loupe = is)),
      beside: toggle((is) => (this.#beside = is)),
      pixels: toggle((is) => (this.#squares = is)),
    };
    toolbar.addEventListener("click", (event) => {
      const button = (event.target as Element).closest("button");
      // `detail` is 0 for a click by a key.
      if (button) actions[button.dataset.action ?? ""]?.(button, event.detail === 0);
      this.onMove();
    });
  }

  /** Begins marking, by key with the middle; or ends it: a part and its result stay. */
  #toggleMarking(byKey: boolean): void {
    this.#marks = !this.#marks;
    this.#draw();
    const area = this.#camera.visibleMiddle;
    if (!this.#marks || this.#selector.area || !byKey || !area) return;
    this.#selector.area = area;
    this.#showResultAlone();
    this.#selector.focus();
    this.onRegion(area, false);
  }
}
