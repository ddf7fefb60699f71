/** A part of the picture that is enlarged again and again while the visitor marks it. */
import type { Area, CleanUp, Schedule, Slice, SourcePicture, UpscaleResult, Upscaler } from "../../module/core.ts";
import { MAX_UNESTIMATED_PIXELS } from "../session/auto-enlarge.ts";
import type { Commands } from "../session/commands.ts";
import type { LoadedPicture, PicturePart } from "../session/picture.ts";
import type { Session } from "../session/session.ts";
import { isEqual, widened } from "../shared/areas.ts";
import { t } from "../shared/words.ts";

/** A step that has run longer than this, in milliseconds, is cancelled when the region moves. */
const MAX_STEP_MS = 300;
/**
 * A step with a longer estimate, in milliseconds, waits until the visitor lets go. It is longer
 * than `MAX_STEP_MS` because there is time while the pointer rests, and the engine may have been
 * busy when its speed was measured.
 */
const MAX_ESTIMATE_MS = 1000;
/**
 * Regions of larger pictures are cut from a piece of the picture, which is read once for many
 * regions.
 */
const MAX_WHOLE_PIXELS = 1_000_000;
/** Pixels of that piece on each side of the region. */
const PIECE_MARGIN = 256;

/** The source of a part: a whole picture, or a piece of it. */
interface Piece {
  picture: SourcePicture;
  /** Its place in the whole picture. */
  left: number;
  top: number;
}

/** Cuts a part out of a picture, or out of a piece of it. */
export async function cutPart(
  upscaler: Upscaler,
  whole: LoadedPicture,
  area: Area,
  signal: AbortSignal,
  { picture, left, top }: Piece = { picture: whole, left: 0, top: 0 },
): Promise<PicturePart> {
  const cut = await upscaler.crop(picture, { ...area, left: area.left - left, top: area.top - top }, { signal });
  return { ...whole, ...cut, area, name: `${whole.name}-part` };
}

/**
 * One region, from when the visitor begins to mark it until the result of the last step is shown.
 */
class FollowedRegion {
  /** The region as marked last. */
  last: Area;
  /** The region to enlarge next; only the latest counts. */
  wanted: Area | undefined;
  /** The region that is being enlarged. */
  step: { area: Area; start: number; abort: AbortController } | undefined;
  /** The region that was enlarged last. */
  shown: Area | undefined;
  /** Whether the visitor has let go. */
  released = false;
  /** Ends the wait for the next region. */
  wake: () => void = () => undefined;
  done: Promise<void> = Promise.resolve();
  readonly signal: AbortSignal;

  constructor(area: Area, signal: AbortSignal) {
    this.last = this.wanted = area;
    this.signal = signal;
    signal.addEventListener("abort", () => this.wake());
  }
}

export class LiveRegion {
  readonly #session: Session;
  readonly #commands: Commands;
  #following: FollowedRegion | undefined;

  constructor(session: Session, commands: Commands) {
    this.#session = session;
    this.#commands = commands;
  }

  /** Enlarges the region while it is being marked, as often as that is quick. */
  async follow(area: Area): Promise<void> {
    const { picture, zoom, model, clean, choice, zoomIsValid } = this.#session;
    const { key, options } = choice;
    if (!picture || this.#move(area) || !zoomIsValid || !choice.isTrained) return;
    await this.#commands.withEngine(t("Enlarging the part as you select it…"), async (upscaler, signal) => {
      const following = new FollowedRegion(area, signal);
      this.#following = following;
      const show = (part: PicturePart, upscaled: UpscaleResult) =>
        this.#commands.showLivePart(part, { upscaled, zoom, model, key, options, clean });
      following.done = this.#run(following, { upscaler, picture, zoom, clean, options, show });
      await following.done.finally(() => {
        if (this.#following === following) this.#following = undefined;
      });
    });
  }

  /**
   * Ends the following with the final region. Returns whether that is enlarged already. "outdated":
   * the visitor marks again or has cancelled.
   */
  async finish(area: Area): Promise<boolean | "outdated"> {
    const following = this.#following;
    if (!following || !this.#move(area)) return false;
    following.released = true;
    if (following.step && !isEqual(following.step.area, area)) following.step.abort.abort();
    // `follow` reports what goes wrong.
    await following.done.catch(() => undefined);
    if (following.signal.aborted || following.last !== area) return "outdated";
    return following.shown !== undefined && isEqual(following.shown, area);
  }

  /** Moves the region that is being followed. Returns whether there is one. */
  #move(area: Area): boolean {
    const following = this.#following;
    if (!following || following.signal.aborted) return false;
    following.last = following.wanted = area;
    following.released = false;
    // A quick step that still overlaps may finish: if each move cancelled it, none would ever be
    // seen.
    const { step } = following;
    if (step && (performance.now() - step.start > MAX_STEP_MS || !overlap(step.area, area))) step.abort.abort();
    following.wake();
    return true;
  }

  async #run(following: FollowedRegion, task: FollowTask): Promise<void> {
    const { picture } = task;
    const isLarge = picture.width * picture.height > MAX_WHOLE_PIXELS;
    let piece: Piece | undefined;
    for (;;) {
      following.signal.throwIfAborted();
      const area = following.wanted;
      following.wanted = undefined;
      if (area && !(following.shown && isEqual(following.shown, area))) {
        if (isLarge && !(piece && isInside(area, piece))) piece = await pieceAround(task, area, following.signal);
        await this.#step(following, area, task, piece);
      } else if (following.released) return;
      else await new Promise<void>((resolve) => (following.wake = resolve));
    }
  }

  async #step(following: FollowedRegion, area: Area, task: FollowTask, piece: Piece | undefined): Promise<void> {
    const { upscaler, picture, zoom, clean, options, show } = task;
    const { milliseconds } = await upscaler.estimate(area, { scale: zoom, ...options });
    if (milliseconds > MAX_ESTIMATE_MS && area.width * area.height > MAX_UNESTIMATED_PIXELS) return;
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, following.signal]);
    following.step = { area, start: performance.now(), abort };
    try {
      const part = await cutPart(upscaler, picture, area, signal, piece);
      const upscaled = await upscaler.upscale(part, { scale: zoom, clean, ...options, signal });
      signal.throwIfAborted();
      following.shown = area;
      show(part, upscaled);
    } catch (error) {
      // The step was cancelled for the next region.
      if (!abort.signal.aborted) throw error;
    } finally {
      following.step = undefined;
    }
  }
}

/** The picture and the engine for following. */
interface FollowTask {
  upscaler: Upscaler;
  picture: LoadedPicture;
  zoom: number;
  clean: CleanUp;
  options: Slice & Schedule;
  /** Shows a part and its result. */
  show: (part: PicturePart, upscaled: UpscaleResult) => void;
}

/** A piece of a large picture around a region. */
async function pieceAround({ upscaler, picture }: FollowTask, area: Area, signal: AbortSignal): Promise<Piece> {
  const piece = widened(area, PIECE_MARGIN, picture);
  return { picture: await upscaler.crop(picture, piece, { signal }), left: piece.left, top: piece.top };
}

function isInside(area: Area, { picture: { width, height }, left, top }: Piece): boolean {
  const along = (start: number, side: number, from: number, length: number) =>
    start >= from && start + side <= from + length;
  return along(area.left, area.width, left, width) && along(area.top, area.height, top, height);
}

function overlap(a: Area, b: Area): boolean {
  const along = (start: number, side: number, other: number, otherSide: number) =>
    start < other + otherSide && other < start + side;
  return along(a.left, a.width, b.left, b.width) && along(a.top, a.height, b.top, b.height);
}
