/** The visitor's own models: fine-tuned here, or loaded from a file. */
import { readModel, type ModelEntry } from "../../module/core.ts";
import { persist } from "../shared/persist.ts";
import { withoutEnding } from "../shared/text.ts";
import { addModel, readModels, removeModel, writeModel, type OwnModel } from "./storage.ts";
import { t } from "../shared/words.ts";

export const MAX_NAME_LENGTH = 60;

/** A sentence that says what is wrong with a name for a model; empty if it is valid. */
export function nameTrouble(name: string, taken: readonly string[]): string {
  if (name.length === 0) return t("The new model needs a name.");
  if (name.length > MAX_NAME_LENGTH) return t`A name can have at most ${MAX_NAME_LENGTH} characters.`;
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    return t("A name can contain only letters, digits, hyphens, dots and underscores.");
  return taken.includes(name) ? t`A model called ${name} already exists. Choose another name.` : "";
}

/** A valid name that is not taken, as close as possible to the wanted one. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (nameTrouble(wanted, taken) === "") return wanted;
  const base = wanted.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, MAX_NAME_LENGTH - 4) || "model";
  let name = base;
  for (let copy = 2; taken.includes(name); copy++) name = `${base}-${copy}`;
  return name;
}

export class OwnModels {
  #all: readonly OwnModel[] = [];
  #note = "";
  #removed: OwnModel | undefined;
  /** The names of those that are not stored, or not yet. */
  readonly #unstored = new Set<string>();
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

  /**
   * Lists the models as they are stored, since other windows may have added, replaced and deleted
   * some; and those that could not be stored.
   */
  async load(): Promise<void> {
    const stored = await readModels().catch(() => this.#all);
    const others = stored
      .filter(({ entry: { name } }) => !this.#unstored.has(name) && name !== this.#removed?.entry.name)
      // The engine knows a model by its file.
      .map((model) => this.#all.find(({ entry }) => isSame(entry, model.entry)) ?? model);
    this.#all = [...others, ...this.#all.filter(({ entry }) => this.#unstored.has(entry.name))];
    this.#changed();
  }

  get names(): string[] {
    return this.#all.map(({ entry }) => entry.name);
  }

  named(name: string): OwnModel | undefined {
    return this.#all.find(({ entry }) => entry.name === name);
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
      this.#note = t`This model is already in the list as ${same.name}.`;
      this.#changed();
      return same.name;
    }
    const wanted = entry.name || withoutEnding(file.name);
    const { name, trouble } = await this.keep({ entry: { ...entry, name: wanted }, file }, listed);
    const isTaken = entry.name !== "" && name !== freeName(entry.name, []);
    const renamed = isTaken ? t`Another model is called ${entry.name}, so this one is named ${name}.` : "";
    this.#note = [renamed, trouble].filter(Boolean).join(" ");
    this.#changed();
    return name;
  }

  /**
   * Stores a new model and adds it to the list, under a name that no other has, also none that
   * another window has stored. Returns the name, and why the model could not be stored.
   */
  async keep(model: OwnModel, listed: readonly ModelEntry[]): Promise<{ name: string; trouble: string }> {
    const taken = listed.map(({ name }) => name);
    const named = (): OwnModel => ({ ...model, entry: { ...model.entry, name: freeName(model.entry.name, taken) } });
    let kept = named();
    const trouble = await this.#store(kept.entry.name, async () => {
      while (!(await addModel(kept))) {
        taken.push(kept.entry.name);
        kept = named();
      }
    });
    const { name } = kept.entry;
    if (trouble) this.#unstored.add(name);
    this.#list(kept);
    return { name, trouble };
  }

  /** Replaces a model by a later version. Returns why that could not be stored. */
  async replace(model: OwnModel): Promise<string> {
    const { name } = model.entry;
    this.#unstored.add(name);
    this.#list(model);
    const trouble = await this.#store(name, () => writeModel(model));
    if (!trouble) this.#unstored.delete(name);
    return trouble;
  }

  #list(model: OwnModel): void {
    this.#all = [...this.#all.filter(({ entry }) => entry.name !== model.entry.name), model];
    this.#removed = undefined;
    this.#note = "";
    this.#changed();
  }

  async #store(name: string, write: () => Promise<void>): Promise<string> {
    try {
      await write();
    } catch (error) {
      return `${(error as Error).message} ${t`${name} stays in the list until you close this page. Download it to keep it.`}`;
    }
    void persist();
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
    this.#unstored.delete(name);
    await removeModel(name).catch(() => undefined);
  }

  /** Restores the last model that was removed and returns its name. */
  async restore(listed: readonly ModelEntry[]): Promise<string | undefined> {
    const removed = this.#removed;
    if (!removed) return undefined;
    const { name, trouble } = await this.keep(removed, listed);
    this.#note = trouble;
    this.#changed();
    return name;
  }
}

const isSame = (one: ModelEntry, other: ModelEntry): boolean => one.name === other.name && one.sha256 === other.sha256;
