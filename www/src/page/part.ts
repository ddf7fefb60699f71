/** A part of the picture, enlarged again and again while the visitor marks it. */
import type { Area, SourcePicture, UpscaleResult, Upscaler } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import type { LoadedPicture, PicturePart } from "./picture.ts";

/** What has taken longer, in ms, is given up when the part has moved on. */
const LIVE = 300;
/** What would take longer, in ms, is not begun before the visitor lets go. More than `LIVE`: where the pointer rests there is time, and the estimate may be of a busy moment. */
const MOST = 1000;
/** So many pixels are begun with whatever the estimate: it may come from a moment when the engine was busy, and is made anew by this. */
const FEW = 10_000;
/** A picture with more pixels is read once for many parts: a piece of it with so many more pixels on each side of the part. */
const MOST_READ = 1_000_000;
const AROUND = 256;

/** A picture that parts are cut from: all of it, or a piece. */
interface Piece {
  picture: SourcePicture;
  /** Where it lies in the whole. */
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

/** Of one part, from when it begins to be marked until the visitor lets go. */
class Following {
  /** What the visitor marked last. */
  last: Area;
  /** What is to be enlarged next: the latest alone. */
  wanted: Area | undefined;
  /** What is being enlarged. */
  step: { area: Area; start: number; abort: AbortController } | undefined;
  /** What was enlarged last. */
  shown: Area | undefined;
  /** Whether the visitor has let go. */
  released = false;
  /** Ends the wait for the next one. */
  wake: () => void = () => undefined;
  done: Promise<void> = Promise.resolve();
  readonly signal: AbortSignal;

  constructor(area: Area, signal: AbortSignal) {
    this.last = this.wanted = area;
    this.signal = signal;
    signal.addEventListener("abort", () => this.wake());
  }
}

export class LivePart {
  readonly #app: App;
  #following: Following | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  /** Enlarges the part that is being marked, and then each that it becomes, as far as that is quick. */
  async follow(area: Area): Promise<void> {
    const { picture, zoom, model, choice, zoomIsValid } = this.#app;
    if (!picture || this.#move(area) || !zoomIsValid || !choice.isTrained) return;
    await this.#app.working("Enlarging the part while you mark it…", async (upscaler, signal) => {
      const following = new Following(area, signal);
      this.#following = following;
      const show = (part: PicturePart, upscaled: UpscaleResult) => this.#app.takePart(part, { upscaled, zoom, model });
      following.done = this.#run(following, { upscaler, picture, zoom, show });
      await following.done.finally(() => {
        if (this.#following === following) this.#following = undefined;
      });
    });
  }

  /**
   * Ends the following with a last part. Whether that is enlarged now: it is not where that takes long. "outdated": the
   * visitor has gone on marking, or has cancelled.
   */
  async finish(area: Area): Promise<boolean | "outdated"> {
    const following = this.#following;
    if (!following || !this.#move(area)) return false;
    following.released = true;
    if (following.step && !isEqual(following.step.area, area)) following.step.abort.abort();
    // What goes wrong is told by the one who follows.
    await following.done.catch(() => undefined);
    if (following.signal.aborted || following.last !== area) return "outdated";
    return following.shown !== undefined && isEqual(following.shown, area);
  }

  /** Goes on with another part, if a following goes on. */
  #move(area: Area): boolean {
    const following = this.#following;
    if (!following || following.signal.aborted) return false;
    following.last = following.wanted = area;
    following.released = false;
    // A step that is quick and still of some use ends in time to be seen; cancelled by each move, none would ever end.
    const { step } = following;
    if (step && (performance.now() - step.start > LIVE || !overlap(step.area, area))) step.abort.abort();
    following.wake();
    return true;
  }

  async #run(following: Following, task: FollowTask): Promise<void> {
    const { picture } = task;
    const isLarge = picture.width * picture.height > MOST_READ;
    let piece: Piece | undefined;
    for (;;) {
      following.signal.throwIfAborted();
      const area = following.wanted;
      following.wanted = undefined;
      if (area && !(following.shown && isEqual(following.shown, area))) {
        if (isLarge && !(piece && isInside(area, piece))) piece = await around(task, area, following.signal);
        await this.#step(following, area, task, piece);
      } else if (following.released) return;
      else await new Promise<void>((resolve) => (following.wake = resolve));
    }
  }

  async #step(following: Following, area: Area, task: FollowTask, piece: Piece | undefined): Promise<void> {
    const { upscaler, picture, zoom, show } = task;
    const { milliseconds } = await upscaler.estimate(area, { scale: zoom });
    if (milliseconds > MOST && area.width * area.height > FEW) return;
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, following.signal]);
    following.step = { area, start: performance.now(), abort };
    try {
      const part = await cutPart(upscaler, picture, area, signal, piece);
      const upscaled = await upscaler.upscale(part, { scale: zoom, signal });
      signal.throwIfAborted();
      following.shown = area;
      show(part, upscaled);
    } catch (error) {
      // The next one is wanted already.
      if (!abort.signal.aborted) throw error;
    } finally {
      following.step = undefined;
    }
  }
}

/** What is followed with. */
interface FollowTask {
  upscaler: Upscaler;
  picture: LoadedPicture;
  zoom: number;
  /** Takes each part with its result. */
  show: (part: PicturePart, upscaled: UpscaleResult) => void;
}

/** A piece of a large picture around a part. */
async function around({ upscaler, picture }: FollowTask, area: Area, signal: AbortSignal): Promise<Piece> {
  const along = (start: number, side: number, most: number) => {
    const from = Math.max(0, start - AROUND);
    return [from, Math.min(most, start + side + AROUND) - from] as const;
  };
  const [left, width] = along(area.left, area.width, picture.width);
  const [top, height] = along(area.top, area.height, picture.height);
  return { picture: await upscaler.crop(picture, { left, top, width, height }, { signal }), left, top };
}

function isInside(area: Area, { picture: { width, height }, left, top }: Piece): boolean {
  const along = (start: number, side: number, from: number, most: number) =>
    start >= from && start + side <= from + most;
  return along(area.left, area.width, left, width) && along(area.top, area.height, top, height);
}

function overlap(a: Area, b: Area): boolean {
  const along = (start: number, side: number, other: number, otherSide: number) =>
    start < other + otherSide && other < start + side;
  return along(a.left, a.width, b.left, b.width) && along(a.top, a.height, b.top, b.height);
}

const isEqual = (a: Area, b: Area): boolean =>
  a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
