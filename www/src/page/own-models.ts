/** The visitor's own models: fine-tuned here, or loaded from a file. */
import { html, nothing, type TemplateResult } from "lit-html";
import { readModel, type ModelEntry } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { save } from "./save.ts";
import { readModels, removeModel, writeModel, type OwnModel } from "./storage.ts";
import { gainText, withoutEnding } from "./text.ts";

export const LONGEST_NAME = 60;

/** What is wrong with a name for a model, as a sentence; nothing where it will do. */
export function nameTrouble(name: string, taken: readonly string[]): string {
  if (name.length === 0) return "The new model needs a name.";
  if (name.length > LONGEST_NAME) return `A name has at most ${LONGEST_NAME} characters.`;
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return "A name is made of letters, digits, hyphens, dots and underscores.";
  return taken.includes(name) ? `There is a model called ${name} already.` : "";
}

/** A name that is not taken, made of what is asked for. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const base = wanted.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, LONGEST_NAME - 4) || "model";
  let name = base;
  for (let copy = 2; taken.includes(name); copy++) name = `${base}-${copy}`;
  return name;
}

export class OwnModels {
  all: readonly OwnModel[] = [];
  /** What is worth saying about the last that was added or removed. */
  note = "";
  /** The last that was removed, until something else is done. */
  removed: OwnModel | undefined;

  /** Those that were kept. A browser that keeps nothing has none. */
  async load(): Promise<void> {
    this.all = await readModels().catch(() => []);
  }

  named(name: string): OwnModel | undefined {
    return this.all.find(({ entry }) => entry.name === name);
  }

  /**
   * Takes a weights file into the list, under a name that is not taken.
   *
   * @throws {UpscaleError} if it is none that can be used.
   */
  async add(file: File, listed: readonly ModelEntry[]): Promise<string> {
    const entry = await readModel(file);
    const same = listed.find(({ sha256 }) => sha256 === entry.sha256);
    if (same) {
      this.note = `This is ${same.name}, which is here already.`;
      return same.name;
    }
    const taken = listed.map(({ name }) => name);
    const name = freeName(entry.name || withoutEnding(file.name), taken);
    const isTaken = taken.includes(entry.name);
    const renamed = isTaken ? `There is another model called ${entry.name}: this one is ${name} here. ` : "";
    const trouble = await this.keep({ entry: { ...entry, name }, file });
    this.note = renamed + trouble;
    return name;
  }

  /** Puts a model into the list and keeps it; one of the same name is replaced. Returns why it could not be kept. */
  async keep(model: OwnModel): Promise<string> {
    const { name } = model.entry;
    this.all = [...this.all.filter(({ entry }) => entry.name !== name), model];
    this.removed = undefined;
    this.note = "";
    try {
      await writeModel(model);
    } catch (error) {
      return `${(error as Error).message} ${name} is in the list until this page is closed: download it to keep it.`;
    }
    // Asks the browser not to clear it when the device runs short of room; what it answers changes nothing here.
    if ("storage" in navigator) void navigator.storage.persist().catch(() => false);
    return "";
  }

  /** Takes it out of the list. Until something else is done it can be brought back. */
  async remove(name: string): Promise<void> {
    this.removed = this.named(name);
    this.all = this.all.filter(({ entry }) => entry.name !== name);
    this.note = "";
    await removeModel(name).catch(() => undefined);
  }

  /** Returns its name. */
  async bringBack(): Promise<string | undefined> {
    const { removed } = this;
    if (removed) this.note = await this.keep(removed);
    return removed?.entry.name;
  }
}

export function downloadModel({ entry, file }: OwnModel): void {
  save(file, `${entry.name}.safetensors`);
}

export function modelLabel(own: OwnModels, { name }: ModelEntry): string {
  return own.named(name) ? `${name} (yours)` : name;
}

/** Below the list of models: what can be done with the chosen one, if it is the visitor's, and the way in for others. */
export function ownModelsTemplate(app: App): TemplateResult {
  const { own } = app;
  const chosen = app.choice.isTrained ? own.named(app.model) : undefined;
  return html`
    ${
      chosen
        ? html`
            <p class="about">${originText(chosen)}</p>
            <div class="row own">
              <button type="button" class="grow" data-testid="model-download" @click=${() => downloadModel(chosen)}>
                Download
              </button>
              <button
                type="button"
                class="grow"
                data-testid="model-delete"
                @click=${() => void app.removeModel(chosen.entry.name)}
              >
                Delete
              </button>
            </div>
          `
        : nothing
    }
    <p class=${own.note || own.removed ? "about" : "unseen"} role="status" data-testid="model-note">
      ${own.note}
      ${
        own.removed
          ? html`Deleted ${own.removed.entry.name}.
              <button type="button" class="link" data-testid="model-undo" @click=${() => void app.bringBackModel()}>
                Undo
              </button>`
          : nothing
      }
    </p>
    <input
      id="model-file"
      class="unseen"
      type="file"
      accept=".safetensors"
      aria-label="Load a model from a file"
      data-testid="model-file"
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const file = input.files?.[0];
        if (file) void app.addModel(file);
        input.value = "";
      }}
    />
    <p class="about"><label class="link" for="model-file">Load a model from a file</label></p>
  `;
}

/** Said beside the link: who gets it does not have the visitor's own models. */
export function ownModelInLink({ own, model, comparison }: App): TemplateResult | typeof nothing {
  const chosen = [model, ...comparison.names].map((name) => own.named(name)).find((named) => named);
  if (!chosen) return nothing;
  return html`
    <p class="about" data-testid="link-own-model">
      ${chosen.entry.name} is on this device alone, and so this link works here alone.
      <button type="button" class="link" @click=${() => downloadModel(chosen)}>Download the model</button>
      to send it along: it can be loaded above.
    </p>
  `;
}

function originText({ tuned }: OwnModel): string {
  if (!tuned) return "Yours, from a file; kept on this device.";
  if (tuned.isOther) {
    return `Yours: a network of its own, begun with ${tuned.from}; ${tuned.step} steps, ${gainText(tuned.gain)} against that; kept on this device.`;
  }
  if (tuned.step === 0) return `Yours: ${tuned.from} as it was, which no step made better; kept on this device.`;
  return `Yours: ${tuned.from} fine-tuned for ${tuned.step} steps, ${gainText(tuned.gain)}; kept on this device.`;
}
