/** Enlarges the picture and shows the result. */
import type { Part, Upscaler } from "../../module/core.ts";
import type { Commands, RunOptions } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { sizeText, zoomText } from "../shared/text.ts";
import { t } from "../shared/words.ts";
import type { InView } from "./in-view.ts";
import { rungOverlay } from "./rung-overlay.ts";

/** Shows results. */
interface ResultViewer {
  expectResult(size: { width: number; height: number }, label: () => string): void;
  showPart(part: Part): void;
  showResult(result: ImageData, signal: AbortSignal, label?: () => string): Promise<void>;
  restore(result: ImageData): void;
  hideResult(): void;
  showTint(tint: ImageData, signal: AbortSignal): Promise<void>;
  hideHeat(): void;
}

/** The baselines beside the result. */
interface Baselines {
  forget(): void;
  hide(): void;
  show(upscaler: Upscaler, signal: AbortSignal): Promise<void>;
}

interface Helpers {
  comparison: Baselines;
  commands: Commands;
  engine: () => Promise<Upscaler>;
}

export class Enlarging {
  readonly #session: Session;
  readonly #viewer: ResultViewer;
  readonly #helpers: Helpers;
  /** Undefined before the first picture. */
  inView: InView | undefined;

  constructor(session: Session, viewer: ResultViewer, helpers: Helpers) {
    this.#session = session;
    this.#viewer = viewer;
    this.#helpers = helpers;
  }

  async run({ keepsResult = false, onPreview }: RunOptions = {}): Promise<boolean> {
    const session = this.#session;
    const viewer = this.#viewer;
    const { comparison, commands, engine } = this.#helpers;
    const { source: picture, target, zoom, model, backend, clean, activity } = session;
    const { key, options } = session.choice;
    if (!picture || !target) return false;
    const signal = activity.begin("working", t`Enlarging to ${sizeText(target)}…`);
    try {
      const upscaler = await engine();
      signal.throwIfAborted();
      const onProgress = ({ fraction }: { fraction: number }) => activity.showProgress(fraction, signal);
      comparison.forget();
      comparison.hide();
      if (!keepsResult) {
        session.setResult(undefined);
        viewer.expectResult(target, () => t`Enlarging ×${zoomText(zoom)}…`);
      } else if (await this.inView?.preview(upscaler, { signal })) onPreview?.();
      const { part, focus } = this.inView ?? {};
      if (part) viewer.showPart(part);
      signal.throwIfAborted();
      const onPart = (part: Part) => {
        if (!signal.aborted) viewer.showPart(part);
      };
      const settings = { scale: zoom, clean, ...options, ...(focus && { focus }) };
      const upscaled = await upscaler.upscale(picture, { ...settings, signal, onProgress, onPart });
      const label = keepsResult ? undefined : () => t`Enlarged ×${zoomText(zoom)}`;
      await viewer.showResult(upscaled.imageData(), signal, label);
      session.setResult({ upscaled, zoom, model, key, options, clean });
      session.speeds.remember(key, backend, zoom, upscaled);
      await comparison.show(upscaler, signal);
      await this.drawRungs();
      commands.done();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!session.result) viewer.hideResult();
      this.restore();
      activity.fail(error);
      return false;
    }
  }

  /** Parts of a cancelled result go away. */
  restore(): void {
    const { result } = this.#session;
    if (result) this.#viewer.restore(result.upscaled.imageData());
  }

  /** Tints the pictures by rung, unless their difference is shown there. */
  async drawRungs(): Promise<void> {
    const { result, showsRungs, comparison } = this.#session;
    const rungs = result?.upscaled.rungs;
    const isFree = !comparison.showsDifference || comparison.baselines.length === 0;
    if (rungs && showsRungs) {
      await this.#viewer.showTint(rungOverlay(rungs, result.upscaled), new AbortController().signal);
    } else if (isFree) this.#viewer.hideHeat();
  }
}
