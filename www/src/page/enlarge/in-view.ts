/**
 * Enlarges without a click: the part in view before the rest of the picture, and alone where the
 * rest would take long; then over the last result, if there is one. It is loaded with the first
 * picture.
 */
import { nextTask } from "../../api/next-task.ts";
import type { Area, Part, SourcePicture, Upscaler } from "../../module/core.ts";
import { MAX_AUTO_ENLARGE_MS, MAX_UNESTIMATED_PIXELS } from "../session/auto-enlarge.ts";
import type { Commands } from "../session/commands.ts";
import type { LoadedPicture } from "../session/picture.ts";
import type { Session } from "../session/session.ts";
import { clamp } from "../shared/clamp.ts";
import { isEqual, widened } from "../shared/areas.ts";
import { estimateText, zoomText } from "../shared/text.ts";
import { estimate, SETTLED_MS } from "./estimate.ts";
import { Following } from "./following.ts";
import { t } from "../shared/words.ts";

/** Milliseconds that the network may take for a preview, so that a change is seen within 150. */
const MAX_PREVIEW_MS = 60;
/** Side of the first preview, in pixels: the speed of the device is not known yet. */
const FIRST_SIDE = 96;
/** Sides that a preview must exceed, in pixels: a smaller one would show little. */
const MIN_SIDE = 32;
/** Pixels around a part that it is computed from too, so that it joins the rest without a seam. */
const HALO = 10;

/** Shows a part of the picture enlarged. */
export interface PartViewer {
  /** The part of the picture in sight, and of that where the result is shown. */
  readonly visibleArea: Area | undefined;
  readonly visibleResult: Area | undefined;
  /** Turns to where a result will open. */
  open(picture: ImageData, zoom: number): void;
  showRegion(region: Area, result: ImageData, label: () => string): void;
  /** A part that was enlarged with other settings, over the result, which stays. */
  readonly nextPart: { show(region: Area, picture: ImageData, label: () => string): void; hide(): void };
}

/** A part of `source` that was enlarged with the settings of `fingerprint`. */
interface Piece {
  source: LoadedPicture;
  fingerprint: string;
  zoom: number;
  area: Area;
  imageData: ImageData;
}

/** The part in view is enlarged until something else begins, which aborts the signal. */
interface View {
  upscaler: Upscaler;
  fingerprint: string;
  signal: AbortSignal;
  /** The step for the last view. */
  step: AbortController;
}

export class InView {
  /** Enlarges the whole picture while a slider moves. */
  readonly following: Following;
  readonly #session: Session;
  readonly #viewer: PartViewer;
  readonly #commands: Commands;
  readonly #engine: () => Promise<Upscaler>;
  /** The part that was cut out of the picture last: while a slider moves, the view stays. */
  #cut: { source: LoadedPicture; area: Area; picture: SourcePicture } | undefined;
  #piece: Piece | undefined;
  #view: View | undefined;
  #timer = 0;

  constructor(session: Session, viewer: PartViewer, commands: Commands, engine: () => Promise<Upscaler>) {
    this.following = new Following(session, commands);
    this.#session = session;
    this.#viewer = viewer;
    this.#commands = commands;
    this.#engine = engine;
  }

  /**
   * Enlarges what takes a few seconds; of the rest the part in view. `wait`: milliseconds until a
   * setting is taken for final; 0 for a picture that was opened.
   */
  async begin(wait: number): Promise<void> {
    const session = this.#session;
    const { activity } = session;
    const { status } = activity;
    // The status may have changed meanwhile; then it is newer than this.
    const shouldContinue = () =>
      session.enlargesAutomatically && !session.batch && activity.status === status && !session.resultIsCurrent;
    // The code that opened the picture may continue with it, as a link does.
    await nextTask();
    if (wait === 0 && !session.result && shouldContinue()) {
      // The run reports what goes wrong.
      const shows = await this.#engine()
        .then((upscaler) => this.preview(upscaler, { isFirst: true }))
        .catch(() => false);
      if (shows && shouldContinue()) this.#show();
    }
    const costs = await estimate(session, this.#engine, wait);
    if (!costs || !shouldContinue()) return;
    const { milliseconds, upscaler, endsResult } = costs;
    const isQuick = (milliseconds: number) => milliseconds <= MAX_AUTO_ENLARGE_MS && !endsResult;
    // The first estimate may have been too long.
    if (isQuick(milliseconds) || isQuick(await this.#follow(upscaler))) await this.#commands.run();
  }

  /** The settings may have changed: the part with the last ones goes away, and the result stays. */
  end(): void {
    this.#view?.step.abort();
    this.#view = undefined;
    this.#viewer.nextPart.hide();
  }

  /** The last part, as a part of the result. Undefined if other settings have come since. */
  get part(): Part | undefined {
    const piece = this.#piece;
    if (!piece || piece.source !== this.#session.source || piece.fingerprint !== this.#session.fingerprint)
      return undefined;
    const { zoom, area, imageData } = piece;
    return { left: Math.round(area.left * zoom), top: Math.round(area.top * zoom), imageData };
  }

  /** The middle of what is seen, from 0 to 1. */
  get focus(): { x: number; y: number } | undefined {
    const { source } = this.#session;
    const area = this.#inSource(this.#viewer.visibleResult);
    if (!source || !area) return undefined;
    return { x: (area.left + area.width / 2) / source.width, y: (area.top + area.height / 2) / source.height };
  }

  /**
   * Enlarges the middle of the view, as much as a moment allows. Returns whether that is less than
   * the whole picture: otherwise nothing is done. `isFirst`: for a picture that was opened.
   */
  async preview(upscaler: Upscaler, { signal, isFirst = false }: { signal?: AbortSignal; isFirst?: boolean } = {}) {
    const { source, zoom, slice } = this.#session;
    if (isFirst && source) this.#viewer.open(source.imageData, zoom);
    const visible = this.#inSource(this.#viewer.visibleResult);
    if (!source || !visible) return false;
    let side = FIRST_SIDE;
    if (!isFirst) {
      const whole = side + 2 * HALO;
      const { milliseconds } = await upscaler.estimate({ width: whole, height: whole }, { scale: zoom, ...slice });
      side = Math.max(MIN_SIDE, Math.round(whole * Math.sqrt(MAX_PREVIEW_MS / milliseconds)) - 2 * HALO);
    }
    const along = (start: number, length: number) => {
      const within = Math.min(side, length);
      return [Math.round(start + (length - within) / 2), within] as const;
    };
    const [left, width] = along(visible.left, visible.width);
    const [top, height] = along(visible.top, visible.height);
    if ((width + 2 * HALO) * (height + 2 * HALO) >= source.width * source.height) return false;
    await this.#enlarge(upscaler, { left, top, width, height }, signal);
    return true;
  }

  /** Shows the last part where it belongs. */
  #show(): void {
    const { part } = this.#session;
    const piece = this.#piece;
    if (!piece) return;
    const { area, imageData, zoom } = piece;
    const { left = 0, top = 0 } = part?.area ?? {};
    const region = { ...area, left: area.left + left, top: area.top + top };
    const label = () => t`Part enlarged ×${zoomText(zoom)}`;
    if (this.#session.result) this.#viewer.nextPart.show(region, imageData, label);
    else this.#viewer.showRegion(region, imageData, label);
  }

  /**
   * Enlarges what is in view, and again whenever the view has moved, until something else begins.
   * Returns the milliseconds that the whole takes, once that is known better; Infinity if something
   * else has begun.
   */
  async #follow(upscaler: Upscaler): Promise<number> {
    const { activity, fingerprint } = this.#session;
    const signal = activity.begin("idle", t("Enlarging the part in view…"));
    signal.addEventListener("abort", () => this.#viewer.nextPart.hide());
    this.#view = { upscaler, fingerprint, signal, step: new AbortController() };
    return this.#step(this.#view);
  }

  /** The view has moved. */
  moved(): void {
    const view = this.#view;
    if (!view || view.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#step(view), SETTLED_MS);
  }

  async #step(view: View): Promise<number> {
    const { upscaler, fingerprint } = view;
    const { activity, zoom, choice, source } = this.#session;
    const area = this.#inSource(this.#viewer.visibleArea);
    view.step.abort();
    if (view.signal.aborted || fingerprint !== this.#session.fingerprint || !area || !source) return Infinity;
    view.step = new AbortController();
    const signal = AbortSignal.any([view.signal, view.step.signal]);
    const target = { scale: zoom, ...choice.options };
    try {
      const { milliseconds } = await upscaler.estimate(area, target);
      signal.throwIfAborted();
      let about = t("Zoom in to enlarge what you see.");
      if (milliseconds <= MAX_AUTO_ENLARGE_MS || area.width * area.height <= MAX_UNESTIMATED_PIXELS) {
        activity.setStatus("idle", t("Enlarging the part in view…"));
        await this.#enlarge(upscaler, area, signal);
        this.#show();
        about = t("The part in view is enlarged.");
      }
      // By now it is known better how fast the device is.
      const whole = await upscaler.estimate(source, target);
      signal.throwIfAborted();
      this.#session.setEstimate(whole);
      activity.setStatus(
        "idle",
        `${about} ${t`The whole picture takes ${estimateText(whole.milliseconds)}: press Enlarge.`}`,
      );
      return whole.milliseconds;
    } catch (error) {
      if (!signal.aborted) activity.fail(error);
      return Infinity;
    }
  }

  async #enlarge(upscaler: Upscaler, area: Area, signal: AbortSignal | undefined): Promise<void> {
    const { source, zoom, clean, choice, fingerprint } = this.#session;
    if (!source) return;
    const around = widened(area, HALO, source);
    const options = signal ? { signal } : {};
    if (this.#cut?.source !== source || !isEqual(this.#cut.area, around)) {
      this.#cut = { source, area: around, picture: await upscaler.crop(source, around, options) };
    }
    const settings = { scale: zoom, clean, ...choice.options };
    const upscaled = await upscaler.upscale(this.#cut.picture, { ...settings, ...options });
    signal?.throwIfAborted();
    const imageData = trimmed(upscaled.imageData(), area, around, zoom);
    this.#piece = { source, fingerprint, zoom, area, imageData };
  }

  /** An area of the picture, within what is to be enlarged. */
  #inSource(area: Area | undefined): Area | undefined {
    const { source, part } = this.#session;
    if (!area || !source) return undefined;
    const along = (start: number, length: number, side: number) => {
      const from = clamp(start, 0, side);
      return [from, clamp(start + length, 0, side) - from] as const;
    };
    const [left, width] = along(area.left - (part?.area.left ?? 0), area.width, source.width);
    const [top, height] = along(area.top - (part?.area.top ?? 0), area.height, source.height);
    return width > 0 && height > 0 ? { left, top, width, height } : undefined;
  }
}

/** The part for `area` from the result of `around`. */
function trimmed(result: ImageData, area: Area, around: Area, zoom: number): ImageData {
  const along = (start: number, length: number, max: number) => {
    const from = Math.round(start * zoom);
    return [from, Math.max(1, Math.min(max - from, Math.round(length * zoom)))] as const;
  };
  const [left, width] = along(area.left - around.left, area.width, result.width);
  const [top, height] = along(area.top - around.top, area.height, result.height);
  const part = new ImageData(width, height);
  for (let row = 0; row < height; row++) {
    const start = 4 * ((top + row) * result.width + left);
    part.data.set(result.data.subarray(start, start + 4 * width), 4 * row * width);
  }
  return part;
}
