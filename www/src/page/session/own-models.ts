/** The visitor's own models: fine-tuned here, or loaded from a file. */
import { readModel, type ModelEntry } from "../../module/splitsr.ts";
import { withoutEnding } from "../shared/text.ts";
import { readModels, removeModel, writeModel, type OwnModel } from "./storage.ts";

export const MAX_NAME_LENGTH = 60;

/** A sentence that says what is wrong with a name for a model; empty if it is valid. */
export function nameTrouble(name: string, taken: readonly string[]): string {
  if (name.length === 0) return "The new model needs a name.";
  if (name.length > MAX_NAME_LENGTH) return `A name can have at most ${MAX_NAME_LENGTH} characters.`;
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return "A name can contain only letters, digits, hyphens, dots and underscores.";
  return taken.includes(name) ? `A model called ${name} already exists. Choose another name.` : "";
}

/** A valid name that is not taken, as close as possible to the wanted one. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const base = wanted.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, MAX_NAME_LENGTH - 4) || "model";
  let name = base;
  for (let copy = 2; taken.includes(name); copy++) name = `${base}-${copy}`;
  return name;
}

export class OwnModels {
  #all: readonly OwnModel[] = [];
  #note = "";
  #removed: OwnModel | undefined;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get all(): readonly OwnModel[] {
    return this.#all;
  }

  /** A remark about the last model that was added or removed. */
  get note(): string {
    return this.#note;
  }

  /** The last model that was removed; it can be restored until something else is done. */
  get removed(): OwnModel | undefined {
    return this.#removed;
  }

  /** Reads the stored models. A browser that stores nothing has none. */
  async load(): Promise<void> {
    this.#all = await readModels().catch(() => []);
    this.#changed();
  }

  named(name: string): OwnModel | undefined {
    return this.#all.find(({ entry }) => entry.name === name);
  }

  /** A model's name for the lists, with a mark if it is the visitor's own. */
  label(name: string): string {
    return this.named(name) ? `${name} (yours)` : name;
  }

  /**
   * Adds a weights file to the list, under a name that is not taken, which it returns.
   *
   * @throws {UpscaleError} if the file is not usable.
   */
  async add(file: File, listed: readonly ModelEntry[]): Promise<string> {
    const entry = await readModel(file);
    const same = listed.find(({ sha256 }) => sha256 === entry.sha256);
    if (same) {
      this.#note = `This model is already in the list as ${same.name}.`;
      this.#changed();
      return same.name;
    }
    const taken = listed.map(({ name }) => name);
    const name = freeName(entry.name || withoutEnding(file.name), taken);
    const isTaken = taken.includes(entry.name);
    const renamed = isTaken ? `Another model is called ${entry.name}, so this one is named ${name}. ` : "";
    const trouble = await this.keep({ entry: { ...entry, name }, file });
    this.#note = renamed + trouble;
    this.#changed();
    return name;
  }

  /**
   * Adds a model to the list, replaces one of the same name, and stores it. Returns why it could
   * not be stored.
   */
  async keep(model: OwnModel): Promise<string> {
    const { name } = model.entry;
    this.#all = [...this.#all.filter(({ entry }) => entry.name !== name), model];
    this.#removed = undefined;
    this.#note = "";
    this.#changed();
    try {
      await writeModel(model);
    } catch (error) {
      return `${(error as Error).message} ${name} stays in the list until you close this page. Download it to keep it.`;
    }
    // Asks the browser not to clear the storage when the device runs out of space. The answer
    // changes nothing.
    if ("storage" in navigator) void navigator.storage.persist().catch(() => false);
    return "";
  }

  /**
   * Removes a model from the list and from the storage. The caller announces it, when another model
   * is chosen.
   */
  async remove(name: string): Promise<void> {
    this.#removed = this.named(name);
    this.#all = this.#all.filter(({ entry }) => entry.name !== name);
    this.#note = "";
    await removeModel(name).catch(() => undefined);
  }

  /** Restores the last model that was removed and returns its name. */
  async bringBack(): Promise<string | undefined> {
    const removed = this.#removed;
    if (removed) {
      this.#note = await this.keep(removed);
      this.#changed();
    }
    return removed?.entry.name;
  }
}
