/**
 * The viewfinder: takes the newest frame of its source, enlarges a part of it, shows it, and begins
 * again. One frame is computed at a time, and none waits behind it.
 */
import type { Area, ModelEntry, Report } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { save } from "../shared/save.ts";
import { LiveEngine } from "./live-engine.ts";
import { Lens, type Scale, type View } from "./lens.ts";
import type { Size } from "./part.ts";
import { listCameras, openCamera, openFile, openScreen, release, endedText, startErrorText } from "./source.ts";
import type { Source, SourceKind } from "./source.ts";
import { Stats } from "./stats.ts";
import { t, type Phrase } from "../shared/words.ts";

export type State =
  /** Waits for the source, perhaps for the visitor's permission. */
  | "starting"
  | "live"
  | "frozen"
  /** The page is hidden. */
  | "paused"
  /** There is no source. */
  | "stopped";

/** A picture that is shown. */
export interface Shown {
  part: Size;
  scale: Scale;
  model: string;
  report: Report;
}

/** The models for each scale, the fastest first. */
const modelsByScale: Record<number, readonly string[]> = {
  2: ["splitsr-tiny-x2", "splitsr-x2-hi5", "splitsr-x2"],
  4: ["splitsr-tiny-x4", "splitsr-x4"],
};
/** A key changes the part by this factor. */
const ZOOM_STEP = 1.15;
/** An arrow key moves the part by this fraction of its own size. */
const MOVE_STEP = 0.125;

const contextOf = (canvas: HTMLCanvasElement, isRead = false): CanvasRenderingContext2D => {
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: isRead });
  if (!context) throw new Error(t("The browser could not create a canvas for the picture. Reload the page."));
  return context;
};

export interface DialogView {
  /** Draws the dialog. */
  draw(): void;
  /** Draws the rectangle and the numbers, which change with each picture. */
  drawLive(): void;
  close(): void;
}

export class Viewfinder {
  readonly video = document.createElement("video");
  /** The frozen frame. */
  readonly still = document.createElement("canvas");
  readonly digital = document.createElement("canvas");
  readonly result = document.createElement("canvas");
  readonly stats = new Stats();
  readonly lens = new Lens();
  /** Holds the part that is being enlarged. */
  readonly #input = document.createElement("canvas");
  readonly #session: Session;
  readonly #commands: Commands;
  readonly #view: DialogView;

  #state: State = "stopped";
  #kind: SourceKind = "camera";
  #source: Source | undefined;
  #cameras: readonly { id: string; name: string }[] = [];
  #device: string | undefined;
  /** A message about what went wrong; empty if nothing did. */
  #trouble = "";
  /** A remark; empty if there is none. */
  #note = "";
  /** Ends what began last: the wait for a source, or the frames. */
  #abort = new AbortController();
  /** Whether the page was hidden, and in which state. */
  #hiddenFrom: "starting" | "live" | "frozen" | undefined;

  #engine: LiveEngine | undefined;
  #shown: Shown | undefined;
  /** Whether there is something new to enlarge. */
  #isFresh = false;
  #wake: () => void = () => undefined;

  constructor(session: Session, commands: Commands, view: DialogView) {
    this.#session = session;
    this.#commands = commands;
    this.#view = view;
    Object.assign(this.video, { muted: true, playsInline: true, loop: true });
    this.video.addEventListener("error", () => {
      if (this.#source?.kind === "file") this.#stopFor(startErrorText("file", undefined));
    });
  }

  get state(): State {
    return this.#state;
  }

  get kind(): SourceKind {
    return this.#kind;
  }

  get cameras(): readonly { id: string; name: string }[] {
    return this.#cameras;
  }

  get device(): string | undefined {
    return this.#source?.device;
  }

  get trouble(): string {
    return this.#trouble;
  }

  get note(): string {
    return this.#note;
  }

  /** The last picture that was shown; undefined if there is none. */
  get shown(): Shown | undefined {
    return this.#shown;
  }

  /** The frame that parts are cut from. */
  get frame(): View | undefined {
    if (this.#state === "frozen") return { width: this.still.width, height: this.still.height, isFrozen: true };
    const { videoWidth: width, videoHeight: height } = this.video;
    return this.#source && width > 0 ? { width, height, isFrozen: false } : undefined;
  }

  /** The part to enlarge, in pixels of the frame. */
  get area(): Area | undefined {
    const { frame } = this;
    return frame && this.lens.areaOf(frame);
  }

  // ---- The source ----

  /** Begins with the zoom that the page has. */
  open(isPortrait: boolean): void {
    this.lens.reset(isPortrait);
    this.setScale(this.#session.zoom > 2 ? 4 : 2);
    void this.start("camera");
  }

  start(kind: "camera" | "screen", device = this.#device): Promise<void> {
    if (kind === "camera") this.#device = device;
    return this.#begin(kind, () => (kind === "camera" ? openCamera(device) : openScreen()));
  }

  startFile(file: Blob): Promise<void> {
    return this.#begin("file", () => Promise.resolve(openFile(file)));
  }

  async #begin(kind: SourceKind, open: () => Promise<Source>): Promise<void> {
    const signal = this.#end();
    this.#kind = kind;
    this.#state = "starting";
    this.#trouble = this.#note = "";
    this.#shown = undefined;
    this.#view.draw();
    let source: Source | undefined;
    try {
      source = await open();
      // The visitor may have chosen another one, or left.
      if (signal.aborted) {
        release(source);
        return;
      }
      await this.#play(source, signal);
    } catch (error) {
      if (!signal.aborted) this.#stopFor(startErrorText(kind, error));
    }
  }

  async #play(source: Source, signal: AbortSignal): Promise<void> {
    const { video } = this;
    this.#source = source;
    if (source.stream) video.srcObject = source.stream;
    else video.src = source.address ?? "";
    for (const track of source.stream?.getVideoTracks() ?? []) {
      track.addEventListener("ended", () => this.#onSourceEnded(source));
    }
    await video.play();
    if (source.kind === "camera") this.#cameras = await listCameras();
    if (signal.aborted) return;
    this.#goLive(signal);
  }

  /** The camera was unplugged, or the visitor has ended the sharing. */
  #onSourceEnded(source: Source): void {
    if (this.#source !== source) return;
    if (this.#state !== "frozen") {
      this.#stopFor(endedText(source.kind));
      return;
    }
    // The frame stays.
    release(source);
    this.#source = undefined;
  }

  #goLive(signal: AbortSignal): void {
    this.#state = "live";
    this.stats.forget();
    this.#view.draw();
    this.#watchFrames(signal);
    void this.#run(signal);
  }

  /** Ends everything, and says why. */
  #stopFor(trouble: string): void {
    this.#end();
    this.#state = "stopped";
    this.#trouble = trouble;
    this.#shown = undefined;
    this.#view.draw();
  }

  /** Ends the source and the frames. Returns the signal of what comes next. */
  #end(): AbortSignal {
    const signal = this.#restart();
    if (this.#source) release(this.#source);
    this.#source = undefined;
    this.#hiddenFrom = undefined;
    const { video } = this;
    video.pause();
    video.srcObject = null;
    video.removeAttribute("src");
    // Until then the browser keeps the file.
    video.load();
    return signal;
  }

  /** Ends the frames. */
  #restart(): AbortSignal {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#wake();
    return this.#abort.signal;
  }

  /** Turns off all that runs. */
  stop(): void {
    this.#end();
    this.#state = "stopped";
    this.#trouble = this.#note = "";
    this.#shown = undefined;
    this.#engine?.destroy();
    this.#engine = undefined;
  }

  /** The page is hidden: nobody sees frames, and the camera must not keep watching. */
  hide(): void {
    const state = this.#state;
    if (state !== "starting" && state !== "live" && state !== "frozen") return;
    if (this.#source?.kind === "camera" || !this.#source) {
      // An answer to the question for permission comes too late now.
      this.#end();
    } else {
      this.#restart();
      this.video.pause();
    }
    this.#hiddenFrom = state;
    if (state !== "frozen") this.#state = "paused";
    this.#view.draw();
  }

  async show(): Promise<void> {
    const from = this.#hiddenFrom;
    this.#hiddenFrom = undefined;
    if (!from) return;
    if (from === "frozen") {
      void this.#run(this.#restart());
      return;
    }
    const kind = this.#kind;
    await this.#proceed();
    // The visitor may have chosen another source meanwhile, or none had begun.
    if (this.#state !== "live" || from !== "live" || this.#kind !== kind) return;
    this.#note = t(
      kind === "camera"
        ? "The camera was off while this page was hidden. It is back on."
        : "The video was paused while this page was hidden.",
    );
    this.#view.draw();
  }

  /** Goes on with the same source, which may have been turned off. */
  async #proceed(): Promise<void> {
    if (!this.#source) {
      // If the question for permission was left open, it is asked again; a screen needs a click.
      if (this.#kind === "camera") await this.start("camera");
      else this.#stopFor(startErrorText(this.#kind, new DOMException("", "AbortError")));
      return;
    }
    const signal = this.#restart();
    await this.video.play().catch(() => undefined);
    if (!signal.aborted) this.#goLive(signal);
  }

  // ---- The frames ----

  #watchFrames(signal: AbortSignal): void {
    const { video } = this;
    const next = () => {
      if (signal.aborted) return;
      this.stats.arrive(performance.now());
      this.#refresh();
      watch();
    };
    // Older browsers do not report new frames.
    const hasCallback = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
    const watch = () => (hasCallback ? video.requestVideoFrameCallback(next) : requestAnimationFrame(next));
    watch();
    this.#refresh();
  }

  #refresh(): void {
    this.#isFresh = true;
    this.#wake();
  }

  async #run(signal: AbortSignal): Promise<void> {
    this.#refresh();
    try {
      while (!signal.aborted) {
        if (this.#isFresh) await this.#step(signal);
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } catch (error) {
      if (!signal.aborted) this.#stopFor((error as Error).message);
    }
  }

  async #step(signal: AbortSignal): Promise<void> {
    const { scale, pace, keepsPace } = this.lens;
    const models = this.#models(scale);
    const model = models[pace.model];
    if (!model) throw new Error(t("This site has no model for live pictures. Ask its owner to add splitsr-tiny-x2."));
    this.#engine ??= new LiveEngine(this.#session.backend);
    const engine = this.#engine;
    const upscaler = await engine.take(model.name, scale);
    if (signal.aborted || scale !== this.lens.scale) return;
    this.#isFresh = false;
    // Only now: the frame is the newest when the engine is ready for it.
    const start = performance.now();
    const { area } = this;
    if (!area) return;
    const input = this.#read(area);
    const isMeasured = this.#state === "live" && !engine.isStarting();
    const upscaled = await upscaler.upscale(input, { scale, signal });
    signal.throwIfAborted();
    this.#paint(upscaled.imageData());
    const now = performance.now();
    const { width, height } = area;
    const isFirst = !this.#shown;
    this.#shown = { part: { width, height }, scale, model: upscaler.model.name, report: upscaled.report };
    if (this.#state === "live") {
      this.stats.note(now, now - start);
      if (isMeasured && keepsPace && !engine.isStarting()) pace.note(now - start, now);
    }
    if (isFirst) this.#view.draw();
    else this.#view.drawLive();
  }

  #models(scale: Scale): ModelEntry[] {
    const { shipped } = this.#session.choice;
    return (modelsByScale[scale] ?? []).flatMap((name) => shipped.filter((entry) => entry.name === name));
  }

  #read({ left, top, width, height }: Area): ImageData {
    const canvas = this.#input;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = contextOf(canvas, true);
    const frame = this.#state === "frozen" ? this.still : this.video;
    context.drawImage(frame, left, top, width, height, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  }

  /** Shows a result and the digital zoom of the same frame, which are of the same size. */
  #paint(picture: ImageData): void {
    const { width, height } = picture;
    for (const canvas of [this.digital, this.result]) {
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    }
    contextOf(this.result).putImageData(picture, 0, 0);
    const digital = contextOf(this.digital);
    digital.imageSmoothingQuality = "high";
    digital.drawImage(this.#input, 0, 0, width, height);
  }

  // ---- The part ----

  setScale(scale: Scale): void {
    // The cost of each model for a pixel of the part.
    const costs = this.#models(scale).map(({ macs_720p }) => macs_720p * scale ** 2);
    this.lens.setScale(scale, costs);
    this.#changed();
  }

  setKeepsPace(keeps: boolean): void {
    this.lens.keepsPace = keeps;
    this.#changed();
  }

  /** Makes the part smaller (`factor` above 1) or larger. */
  zoom(factor: number): void {
    const { frame } = this;
    if (!frame) return;
    this.lens.zoom(factor, frame);
    this.#changed();
  }

  zoomByStep(direction: 1 | -1): void {
    this.zoom(ZOOM_STEP ** direction);
  }

  /** Moves the part by fractions of its own size. */
  moveByStep(x: number, y: number): void {
    const { area } = this;
    if (area) this.moveBy(x * MOVE_STEP * area.width, y * MOVE_STEP * area.height);
  }

  /** Moves the part by pixels of the frame. */
  moveBy(x: number, y: number): void {
    const { area } = this;
    if (area) this.moveTo(area.left + area.width / 2 + x, area.top + area.height / 2 + y);
  }

  /** Moves the middle of the part to a pixel of the frame. */
  moveTo(x: number, y: number): void {
    const { frame } = this;
    if (!frame) return;
    this.lens.moveTo(x, y, frame);
    this.#changed();
  }

  #changed(): void {
    this.#refresh();
    this.#view.draw();
  }

  // ---- What is made of it ----

  freeze(): void {
    const { frame, video, still } = this;
    if (this.#state !== "live" || !frame) return;
    video.pause();
    const { width, height } = frame;
    Object.assign(still, { width, height });
    contextOf(still).drawImage(video, 0, 0);
    const signal = this.#restart();
    this.#state = "frozen";
    this.#note = "";
    this.#view.draw();
    void this.#run(signal);
  }

  async unfreeze(): Promise<void> {
    if (this.#state !== "frozen") return;
    if (!this.#source) this.#state = "stopped";
    await this.#proceed();
  }

  /** Saves what is shown. */
  async save(): Promise<void> {
    const blob = await new Promise<Blob | null>((resolve) => this.result.toBlob(resolve));
    if (blob)
      save(blob, `${this.#kind === "camera" ? "camera" : "video"}-x${this.#shown?.scale ?? this.lens.scale}.png`);
  }

  /** Opens the part in the page, to be enlarged by the network that is chosen there. */
  async enlarge(): Promise<void> {
    const { area } = this;
    if (!area) return;
    const { width, height } = area;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const frame = this.#state === "frozen" ? this.still : this.video;
    contextOf(canvas).drawImage(frame, area.left, area.top, width, height, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    if (!blob) return;
    const [scale, kind] = [this.lens.scale, this.#kind];
    this.#view.close();
    const name = kind === "camera" ? "camera" : "video";
    if (this.#session.zoom !== scale) this.#commands.setZoom(scale);
    const file = new File([blob], `${name}.png`, { type: blob.type });
    const description: Phrase = kind === "camera" ? "a picture from the camera" : "a picture from the video";
    await this.#commands.open(file, { name, description });
  }
}
