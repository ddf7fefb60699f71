/**
 * The visitor's actions that affect more than one feature. Sections and features call these
 * commands; `app.ts` carries them out. Only `main.ts` and `panel.ts` import `app.ts`.
 */
import type { Area, Backend, CleanUp, SourcePicture, Upscaler } from "../../module/core.ts";
import type { Demo } from "../shared/demos.ts";
import type { Format } from "../shared/formats.ts";
import type { NetworkChange } from "./hyper-parameters.ts";
import type { LinkState } from "./link-state.ts";
import type { LoadedPicture, PictureOrigin, PicturePart } from "./picture.ts";
import type { Result } from "./session.ts";

export interface RunOptions {
  keepsResult?: boolean;
  /** Called when there is something to see, if that is before the parts of the result. */
  onPreview?: () => void;
}

export interface Commands {
  // ---- Pictures ----

  /**
   * Waits until the list of models has loaded or failed, as pictures that the visitor opens do. If
   * it has failed, tries again.
   */
  started(): Promise<void>;
  /** Shows a picture. "left": another one was opened meanwhile. */
  open(source: Blob | string, origin: PictureOrigin): Promise<"open" | "broken" | "left">;
  openDemo(demo: Demo): Promise<void>;
  /** Brings the page to the state in a link's fragment. */
  openLink(fragment: string): Promise<void>;
  /** Applies a link's settings, including the viewer's. */
  applyLink(link: LinkState): void;
  /** Cuts a part out of the picture, or goes back to all of it. Returns whether that worked. */
  cut(region: Area | undefined): Promise<boolean>;
  /** Shows a part that was enlarged while it is being marked. */
  showLivePart(part: PicturePart, result: Result): void;
  /** Reads a picture that is not to be enlarged. */
  inspect(file: Blob): Promise<SourcePicture>;

  // ---- Settings ----

  setZoom(zoom: number): void;
  setBackend(backend: Backend): void;
  /** Whether pictures are enlarged without a click. */
  setEnlargesAutomatically(enlargesAutomatically: boolean): void;
  /** If there is a result that took a short time, it follows at once. */
  setClean(clean: CleanUp): void;
  setModel(name: string): void;
  /** Lets the model follow the zoom again. */
  clearModelChoice(): void;
  /** If there is a result of an elastic model that took a short time, it follows at once. */
  setNetwork(change: NetworkChange): void;
  /** 100: no schedule. If there is a result of an elastic model, it follows like a network. */
  setEffort(effort: number): void;
  /** Whether the viewer shows which part was computed by which network. */
  showRungs(shows: boolean): void;
  /** Chooses an elastic model, and of it the network that is chosen now. `unfolds`: its sliders. */
  setElastic(name: string, options?: { unfolds: boolean }): void;
  /** Goes back from hyper-parameters without weights to the nearest model. */
  useTrained(): void;
  setFormat(format: Format, quality?: number): void;
  setKeepsMetadata(keeps: boolean): void;
  setEvaluationScale(scale: number): void;

  // ---- The visitor's own models ----

  addModel(file: File): Promise<void>;
  /** Removes a model. If it was chosen, the model that it was trained from takes its place. */
  removeModel(name: string): Promise<void>;
  restoreModel(): Promise<void>;

  // ---- Work ----

  /**
   * Enlarges. Returns whether there is a result in the end. `keepsResult`: the last result is shown
   * until then, with parts of the next one over it.
   */
  run(options?: RunOptions): Promise<boolean>;
  /** Enlarges the pictures of the batch and saves them as one file. */
  runBatch(): Promise<void>;
  /** Enlarges again with the method that gives the same bits on every machine. */
  verify(): Promise<void>;
  /** Scores all models on the picture. */
  evaluate(): Promise<void>;
  /**
   * Does work that needs the engine for the current settings, and says so. With `keepsResult`, any
   * engine does: another one would end the one that can still save the result.
   */
  withEngine(
    text: string,
    work: (upscaler: Upscaler, signal: AbortSignal) => Promise<void>,
    options?: { keepsResult?: boolean; occupies?: boolean },
  ): Promise<void>;
  /** Says that the result is there. */
  done(): void;
  cancel(): void;
  /** Cancels the current work; the caller says so. */
  stop(): void;
  /** Says what can be done now. */
  ready(): void;

  // ---- The result ----

  /** Puts the picture into the link, and copies that. Call it in the task of a click. */
  copyWithPicture(): Promise<void>;
  /** Takes the picture out of the link again. */
  releasePicture(): void;
  /** From now on the link holds the picture as this text. */
  holdEmbedded(source: LoadedPicture, text: string): void;
}
