/** Several pictures, enlarged one after another into a zip file. */
import { html, type TemplateResult } from "lit-html";
import type { Upscaler } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { resultName, write, type FileSettings, type Format } from "./formats.ts";
import { withoutEnding } from "./text.ts";
import { zip } from "./zip.ts";

export interface BatchItem {
  file: File;
  state: "waiting" | "working" | "done" | "failed";
  /** What went wrong. */
  why: string;
  /** The enlarged picture, kept so that a cancelled batch goes on where it was. */
  result: Blob | undefined;
}

/** How each picture is enlarged and written. */
export interface BatchTask {
  upscaler: Upscaler;
  zoom: number;
  settings: FileSettings;
  signal: AbortSignal;
  onProgress: (fraction: number, text: string) => void;
}

export class Batch {
  readonly items: BatchItem[];

  constructor(files: readonly File[]) {
    this.items = files.map((file) => ({ file, state: "waiting", why: "", result: undefined }));
  }

  /** What is done was done with other settings. */
  forget(): void {
    for (const item of this.items) Object.assign(item, { state: "waiting", why: "", result: undefined });
  }

  /** Enlarges what is not done yet. A picture that fails does not stop the others. */
  async run({ upscaler, zoom, settings, signal, onProgress }: BatchTask): Promise<void> {
    const { items } = this;
    for (const [index, item] of items.entries()) {
      if (item.result) continue;
      const text = `Enlarging ${index + 1} of ${items.length}: ${item.file.name}…`;
      const show = (fraction: number) => onProgress((index + fraction) / items.length, text);
      item.state = "working";
      show(0);
      try {
        const options = { scale: zoom, signal, onProgress: ({ fraction }: { fraction: number }) => show(fraction) };
        const upscaled = await upscaler.upscale(item.file, options);
        const result = await write(upscaled, settings, item.file);
        // A batch that was given up may have got other settings.
        signal.throwIfAborted();
        Object.assign(item, { state: "done", result });
      } catch (error) {
        item.state = signal.aborted ? "waiting" : "failed";
        signal.throwIfAborted();
        item.why = error instanceof Error ? error.message : String(error);
      }
    }
  }

  /** All that is done, as a zip file. */
  zip(zoom: number, { ending }: Format, signal: AbortSignal): Promise<Blob> {
    const files = new Map<string, Blob>();
    // Some systems take names for the same that differ in upper case, or in how an accent is written.
    const taken = new Set<string>();
    for (const { file, result } of this.items) {
      if (!result) continue;
      const base = resultName(withoutEnding(file.name), zoom);
      const key = (name: string) => name.normalize("NFC").toLowerCase();
      let name = `${base}.${ending}`;
      for (let copy = 2; taken.has(key(name)); copy++) name = `${base} (${copy}).${ending}`;
      taken.add(key(name));
      files.set(name, result);
    }
    return zip(files, signal);
  }

  get done(): number {
    return this.items.filter(({ result }) => result).length;
  }

  get failed(): number {
    return this.items.filter(({ state }) => state === "failed").length;
  }
}

const MARKS = { waiting: "·", working: "…", done: "✓", failed: "✗" };

export function batchTemplate(app: App, { items, done }: Batch): TemplateResult {
  return html`
    <ul class="batch" data-testid="batch">
      ${items.map(
        ({ file, state, why }) => html`
          <li data-state=${state}>
            <span aria-label=${state}>${MARKS[state]}</span> ${file.name} ${why && html`<small>${why}</small>`}
          </li>
        `,
      )}
    </ul>
    <button
      type="button"
      class="wide"
      data-testid="batch-run"
      ?disabled=${app.activity.isBusy || !app.zoomIsValid || !app.choice.isTrained}
      @click=${() => void app.runBatch()}
    >
      ${done > 0 && done < items.length ? "Go on with the others" : `Enlarge all ${items.length} into a zip`}
    </button>
  `;
}
