/** What the page knows and does; how it looks is in `view.ts`. */
import {
  createUpscaler,
  DEFAULT_MODEL,
  listModels,
  MAX_ZOOM,
  modelFor,
  UpscaleError,
  type Backend,
  type Estimate,
  type ModelEntry,
  type Part,
  type SourcePicture,
  type UpscaleResult,
  type Upscaler,
} from "../module/splitsr.ts";
import { demos, demoUrl, type Demo } from "./demos.ts";
import { formatLink, MIN_ZOOM, parseLink } from "./link.ts";
import type { Stage } from "./stage.ts";

export interface Status {
  state: "idle" | "loading" | "working" | "done" | "error";
  text: string;
}

export interface LoadedPicture extends SourcePicture {
  /** A file's name without its ending. */
  name: string;
  /** For a picture of our own; a visitor's picture cannot be in a link. */
  demo: string | undefined;
}

/** A file format of the download. */
export interface Format {
  type: string;
  label: string;
  ending: string;
}

const png: Format = { type: "image/png", label: "PNG", ending: "png" };
export const formats: readonly Format[] = [
  png,
  { type: "image/jpeg", label: "JPEG", ending: "jpg" },
  { type: "image/webp", label: "WebP", ending: "webp" },
];

/** Milliseconds after which a setting is what the visitor wants. */
const SETTLED = 200;

export class App {
  status: Status = { state: "loading", text: "Starting…" };
  models: ModelEntry[] = [];
  model = "";
  /** Whether the visitor chose the model, or a link; else it follows the zoom. */
  modelIsChosen = false;
  zoom = 2;
  backend: Backend = "auto";
  picture: LoadedPicture | undefined;
  /** What the run would take; undefined until that is known. */
  estimate: Estimate | undefined;
  result: { upscaled: UpscaleResult; zoom: number } | undefined;
  /** Of the run, from 0 to 1. */
  progress = 0;
  format = png;
  linkCopied = false;

  readonly #stage: Stage;
  readonly #render: () => void;
  #engine: { model: string; backend: Backend; upscaler: Promise<Upscaler> } | undefined;
  /** What loads or runs now: a new picture, a new run and Cancel end it. */
  #current = new AbortController();
  #moved = 0;

  constructor(stage: Stage, render: (app: App) => void) {
    this.#stage = stage;
    this.#render = () => render(this);
    stage.onMove = () => {
      // Browsers limit how often the address may change.
      clearTimeout(this.#moved);
      this.#moved = window.setTimeout(() => this.#writeLink(), 250);
    };
  }

  /** Loads the list of models, and then what the link asks for. */
  async start(): Promise<void> {
    this.#render();
    try {
      this.models = await listModels();
      const model = this.models.find(({ name }) => name === DEFAULT_MODEL) ?? this.models[0];
      if (!model) throw new UpscaleError("model", "This copy of the page has no models: models/index.json is empty.");
      this.model = model.name;
    } catch (error) {
      this.#fail(error);
      return;
    }
    await this.openLink(location.hash);
    // While the visitor looks for a picture, the engine gets ready. If it cannot, the first picture tells.
    this.#upscaler().catch(() => undefined);
  }

  /** Brings the page to the state in a fragment; a picture in it is enlarged at once, as the sender saw it. */
  async openLink(fragment: string): Promise<void> {
    const { state, complaints } = parseLink(
      fragment,
      this.models.map(({ name }) => name),
    );
    if (state.zoom !== undefined) this.zoom = state.zoom;
    this.modelIsChosen = state.model !== undefined;
    if (state.model !== undefined) this.model = state.model;
    else this.#followZoom();
    if (state.backend !== undefined) this.backend = state.backend;
    const demo = demos.find(({ id }) => id === state.demo);
    if (demo) {
      await this.openDemo(demo);
      if (this.picture?.demo !== demo.id) return;
      if (state.view) this.#stage.view = state.view;
    } else {
      this.#ready();
    }
    // A link that is partly wrong does not show what its sender saw: say so rather than enlarge something else.
    if (complaints.length > 0) this.#set("error", `${complaints.join(" ")} Choose below, or ask for the link again.`);
    else if (demo) await this.run();
  }

  async openDemo(demo: Demo): Promise<void> {
    await this.#open(demoUrl(demo.id), demo.id, demo.description, demo.id);
  }

  async openFile(file: File | undefined): Promise<void> {
    if (!file) {
      this.#set("error", "That was not a picture file. Save the picture first, then open or drop the file.");
      return;
    }
    const name = file.name.replace(/\.[^.]*$/, "");
    await this.#open(file, name || "picture", file.name, undefined);
  }

  async #open(source: Blob | string, name: string, description: string, demo: string | undefined): Promise<void> {
    const { signal } = this.#begin("loading", `Reading ${name}…`);
    try {
      const upscaler = await this.#upscaler();
      const picture = await upscaler.inspect(source, { signal });
      this.picture = { ...picture, name, demo };
      this.result = undefined;
      await this.#stage.showPicture(picture.imageData, description, signal);
      this.#ready();
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  setZoom(zoom: number): void {
    this.zoom = zoom;
    this.#followZoom();
    this.#settingChanged();
  }

  setModel(model: string): void {
    this.model = model;
    this.modelIsChosen = true;
    this.#settingChanged();
  }

  #followZoom(): void {
    if (!this.modelIsChosen && this.zoomIsValid) this.model = modelFor(this.zoom, this.models)?.name ?? this.model;
  }

  setBackend(backend: Backend): void {
    this.backend = backend;
    this.#settingChanged();
  }

  setFormat(format: Format): void {
    this.format = format;
    this.#render();
  }

  /** The result's size at the chosen zoom. */
  get target(): { width: number; height: number } | undefined {
    if (!this.picture) return undefined;
    const side = (pixels: number) => Math.max(1, Math.round(pixels * this.zoom));
    return { width: side(this.picture.width), height: side(this.picture.height) };
  }

  get busy(): boolean {
    return this.status.state === "loading" || this.status.state === "working";
  }

  get zoomIsValid(): boolean {
    return this.zoom >= MIN_ZOOM && this.zoom <= MAX_ZOOM;
  }

  async run(): Promise<void> {
    const { picture, target, zoom } = this;
    if (!picture || !target) return;
    const { signal } = this.#begin("working", `Enlarging to ${sizeText(target)}…`);
    try {
      const upscaler = await this.#upscaler();
      signal.throwIfAborted();
      const onProgress = ({ fraction }: { fraction: number }) => {
        if (signal.aborted) return;
        this.progress = fraction;
        this.#render();
      };
      this.result = undefined;
      this.#stage.expectResult(target, `${upscaler.model.name} ×${zoom}`);
      const onPart = (part: Part) => {
        if (!signal.aborted) this.#stage.showPart(part);
      };
      const upscaled = await upscaler.upscale(picture, { scale: zoom, signal, onProgress, onPart });
      await this.#stage.showResult(upscaled.imageData(), signal);
      this.result = { upscaled, zoom };
      this.#set("done", `Done in ${timeText(upscaled.report.milliseconds)}: ${sizeText(upscaled)}.`);
    } catch (error) {
      if (signal.aborted) return;
      this.#stage.hideResult();
      this.#fail(error);
    }
  }

  cancel(): void {
    this.#current.abort();
    this.#stage.hideResult();
    this.#set("idle", "Cancelled.");
  }

  async download(): Promise<void> {
    const { result, picture, format } = this;
    if (!result || !picture) return;
    try {
      const url = URL.createObjectURL(await result.upscaled.blob(format.type));
      const anchor = document.createElement("a");
      anchor.href = url;
      anchor.download = `${picture.name}-${result.zoom}x.${format.ending}`;
      anchor.click();
      // The browser reads the blob after the click; a minute is more than it takes to begin.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The address of this state. */
  get link(): string {
    return location.href.replace(/#.*$/, "") + this.#fragment();
  }

  async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.link);
      this.linkCopied = true;
      this.#render();
      setTimeout(() => {
        this.linkCopied = false;
        this.#render();
      }, 2000);
    } catch {
      this.#set(
        "error",
        "The browser does not allow copying here. Copy the address of this page instead: it is the link.",
      );
    }
  }

  #fragment(): string {
    const { model, zoom, picture } = this;
    const backend = this.backend === "auto" ? undefined : this.backend;
    const view = picture?.demo ? this.#stage.view : undefined;
    return formatLink({ demo: picture?.demo, model, zoom, backend, view });
  }

  /** Keeps the address up to date, without an entry in the history for each change. */
  #writeLink(): void {
    history.replaceState(null, "", this.link);
    this.#render();
  }

  /** Whether the engine is for the settings of the moment. */
  get #engineFits(): boolean {
    return this.#engine?.model === this.model && this.#engine.backend === this.backend;
  }

  /** The engine with the chosen model, on the chosen device. The one before is ended, and its result, which it could no longer save, with it. */
  async #upscaler(): Promise<Upscaler> {
    const { model, backend } = this;
    if (!this.#engine || !this.#engineFits) {
      this.#engine?.upscaler.then(
        (upscaler) => upscaler.destroy(),
        () => undefined,
      );
      this.result = undefined;
      this.#stage.hideResult();
      this.#engine = { model, backend, upscaler: createUpscaler({ model, backend }) };
    }
    const { upscaler } = this.#engine;
    try {
      return await upscaler;
    } catch (error) {
      // So that the next attempt starts afresh, with the connection back for example.
      if (this.#engine.upscaler === upscaler) this.#engine = undefined;
      throw error;
    }
  }

  #begin(state: "loading" | "working", text: string): AbortController {
    this.#current.abort();
    this.#current = new AbortController();
    this.progress = 0;
    this.#set(state, text);
    return this.#current;
  }

  #settingChanged(): void {
    if (this.status.state === "working") {
      this.#current.abort();
      this.#stage.hideResult();
    }
    if (this.status.state !== "loading") this.#ready();
  }

  /** Finds out what the run would take, and whether it fits. */
  async #estimate(): Promise<void> {
    const { picture, zoom, model, backend } = this;
    if (!picture) return;
    const isCurrent = () =>
      this.picture === picture && this.zoom === zoom && this.model === model && this.backend === backend;
    // While the slider moves, each step is old at once.
    await new Promise((resolve) => setTimeout(resolve, SETTLED));
    // An engine for another model would end the one that can still save the result.
    if (!isCurrent() || (this.result && !this.#engineFits)) return;
    try {
      const estimate = await (await this.#upscaler()).estimate(picture, { scale: zoom });
      if (!isCurrent()) return;
      this.estimate = estimate;
      this.#render();
    } catch (error) {
      // What else is wrong, the run tells.
      const tooLarge = error instanceof UpscaleError && error.code === "too-large";
      if (tooLarge && isCurrent() && this.status.state === "idle") this.#fail(error);
    }
  }

  #ready(): void {
    const { picture, target } = this;
    this.estimate = undefined;
    if (picture && this.zoomIsValid) void this.#estimate();
    if (!this.zoomIsValid) this.#set("error", `Choose a zoom from ${MIN_ZOOM} to ${MAX_ZOOM}.`);
    else if (picture && target) this.#set("idle", `Ready: ${sizeText(picture)} to ${sizeText(target)}.`);
    else this.#set("idle", "Choose a picture to begin.");
  }

  #set(state: Status["state"], text: string): void {
    this.status = { state, text };
    // Before the models are known the address is still to be read, and an invalid zoom is not for sharing.
    if (this.models.length > 0 && this.zoomIsValid && state !== "loading") this.#writeLink();
    else this.#render();
  }

  #fail(error: unknown): void {
    this.#set("error", error instanceof Error ? error.message : String(error));
  }
}

export function sizeText({ width, height }: { width: number; height: number }): string {
  return `${width} × ${height} pixels`;
}

export function timeText(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
