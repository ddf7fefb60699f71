/** Enlarges with the network the part of a picture that was asked for last. */
import type { Area, CleanUp, Report, SourcePicture, UpscaleResult, Upscaler } from "../../api/index.ts";
import type { Loan } from "./loans.ts";

export interface NewestPartHost {
  image: HTMLImageElement;
  clean(): CleanUp;
  borrow(): Loan;
  upscale(loan: Loan, source: ImageData | SourcePicture, scale: number): Promise<UpscaleResult>;
  emit(type: string, detail: unknown): void;
}

/** A part of the picture, in whole pixels, and how far it is to be enlarged. */
interface Task {
  area: Area;
  scale: number;
}

interface Result extends Task {
  canvas: HTMLCanvasElement;
  /** The area that the canvas shows, with the halo around it. */
  outer: Area;
}

/** One pass of the network reaches it. Where more is asked for, this is shown meanwhile. */
const FIRST_SCALE = 2;
/** Pixels around a part that the network sees as well: no model's tiles have a larger halo. */
const HALO = 20;

export const limit = (value: number, min: number, max: number): number => Math.max(min, Math.min(max, value));

const contains = (outer: Area, { left, top, width, height }: Area) =>
  left >= outer.left &&
  top >= outer.top &&
  left + width <= outer.left + outer.width &&
  top + height <= outer.top + outer.height;

/** The whole pixels of a picture that a part touches, and `margin` more on each side. */
export function pixelsOf({ left, top, width, height }: Area, image: HTMLImageElement, margin = 0): Area {
  const along = (from: number, side: number, max: number) => {
    const start = limit(Math.floor(from) - margin, 0, max - 1);
    return [start, limit(Math.ceil(from + side) + margin, start + 1, max) - start] as const;
  };
  const [x, columns] = along(left, width, image.naturalWidth);
  const [y, rows] = along(top, height, image.naturalHeight);
  return { left: x, top: y, width: columns, height: rows };
}

export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser could not create a canvas for the lens.");
  return context;
}

function newContext({ width, height }: { width: number; height: number }): CanvasRenderingContext2D {
  return contextOf(Object.assign(document.createElement("canvas"), { width, height }));
}

export class NewestPart {
  /** The newest result so far. */
  result: Result | undefined;
  readonly #host: NewestPartHost;
  readonly #signal: AbortSignal;
  readonly #onResult: () => void;
  /** Kept from the first part to the end: it starts faster the next time. */
  #loan: Loan | undefined;
  /** The inspected file; loaded where its pixels alone are not enough. */
  #file: Promise<SourcePicture> | undefined;
  /** The newest part that is to be enlarged: nothing else waits. */
  #next: Task | undefined;
  #isBusy = false;
  #hasFailed = false;

  constructor(host: NewestPartHost, signal: AbortSignal, onResult: () => void) {
    this.#host = host;
    this.#signal = signal;
    this.#onResult = onResult;
    signal.addEventListener("abort", () => this.#loan?.giveBack());
  }

  cancel(): void {
    this.#next = undefined;
  }

  /** After an error nothing is enlarged until then. */
  tryAgain(): void {
    this.#hasFailed = false;
  }

  /** Its result replaces that of any other part that was asked for. */
  request(task: Task): void {
    this.#next = this.#has(task) ? undefined : task;
    if (this.#next && !this.#isBusy && !this.#hasFailed) void this.#work();
  }

  #has({ area, scale }: Task): boolean {
    const { result } = this;
    return result !== undefined && result.scale >= scale && contains(result.area, area);
  }

  /** Enlarges the newest part until there is none. */
  async #work(): Promise<void> {
    this.#isBusy = true;
    const loan = (this.#loan ??= this.#host.borrow());
    try {
      const upscaler = await loan.upscaler;
      for (let task; (task = this.#next);) {
        const first = { ...task, scale: Math.min(FIRST_SCALE, task.scale) };
        if (!this.#has(first)) task = first;
        this.#next = undefined;
        const { report, ...result } = await this.#enlarge(task, loan, upscaler);
        if (this.#signal.aborted) return;
        this.result = result;
        this.#onResult();
        this.#host.emit("splitsr-done", { ...report, region: task.area });
      }
    } catch (error) {
      if (this.#signal.aborted) return;
      this.#hasFailed = true;
      this.#loan = this.#next = undefined;
      loan.giveBack();
      this.#host.emit("splitsr-error", error);
    } finally {
      this.#isBusy = false;
    }
  }

  async #enlarge({ area, scale }: Task, loan: Loan, upscaler: Upscaler): Promise<Result & { report: Report }> {
    const host = this.#host;
    const outer = pixelsOf(area, host.image, HALO);
    let source: ImageData | SourcePicture = await this.#read(outer, upscaler);
    if (host.clean() === "auto") {
      // A part says little about how strongly the file was compressed.
      const { compression } = await this.#inspect(upscaler);
      source = { ...(await upscaler.inspect(source, { signal: this.#signal })), compression };
    }
    const enlarged = await host.upscale(loan, source, scale);
    const context = newContext(enlarged);
    context.putImageData(enlarged.imageData(), 0, 0);
    return { area, scale, outer, canvas: context.canvas, report: enlarged.report };
  }

  async #read({ left, top, width, height }: Area, upscaler: Upscaler): Promise<ImageData> {
    const context = newContext({ width, height });
    try {
      context.drawImage(this.#host.image, left, top, width, height, 0, 0, width, height);
      return context.getImageData(0, 0, width, height);
    } catch {
      // The picture is from another origin. The engine reads it if its server allows that, and
      // says what to do if not.
      const { imageData } = await this.#inspect(upscaler);
      const own = newContext({ width, height });
      own.putImageData(imageData, -left, -top);
      return own.getImageData(0, 0, width, height);
    }
  }

  #inspect(upscaler: Upscaler): Promise<SourcePicture> {
    const inspected = (this.#file ??= upscaler.inspect(this.#host.image.src, { signal: this.#signal }));
    // The next opening of the lens tries again.
    inspected.catch(() => (this.#file = undefined));
    return inspected;
  }
}
