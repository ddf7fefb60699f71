/** Opens fine-tuning, whose code is loaded only then, and resumes stored runs. */
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import {
  readPictures,
  readTunings,
  removeTuning,
  writePictures,
  writeTuning,
  type StoredTuning,
} from "../session/storage.ts";
import type { FineTuneDialog } from "./dialog.ts";
import { lock } from "./lock.ts";
import type { FineTuning, SavedModel } from "./fine-tuning.ts";
import { t } from "../shared/words.ts";

export class FineTuneLauncher {
  /** Undefined until it is loaded. */
  #dialog: FineTuneDialog | undefined;
  #waiting: readonly StoredTuning[] = [];
  #discarded: { kept: StoredTuning; pictures: File[] } | undefined;
  #saved: SavedModel | undefined;
  #trouble = "";
  readonly #session: Session;
  readonly #commands: Commands;

  constructor(session: Session, commands: Commands) {
    this.#session = session;
    this.#commands = commands;
  }

  /** Undefined until it is loaded. */
  get tuning(): FineTuning | undefined {
    return this.#dialog?.tuning;
  }

  /** Stored runs that are not running in this window. */
  get waiting(): readonly StoredTuning[] {
    return this.#waiting;
  }

  /** The last one that was discarded. It can be restored until the visitor does something else. */
  get discarded(): { kept: StoredTuning } | undefined {
    return this.#discarded;
  }

  /** The last model that was saved. */
  get saved(): SavedModel | undefined {
    return this.#saved;
  }

  get trouble(): string {
    return this.#trouble;
  }

  /** Finds the stored fine-tunings. A browser that stores nothing has none. */
  async findWaiting(): Promise<void> {
    const all = await readTunings().catch(() => []);
    this.#waiting = all.filter(({ id }) => id !== this.tuning?.run?.id);
    this.#session.changed();
  }

  /** Opens the dialog, and resumes a stored fine-tuning. */
  async open(kept?: StoredTuning): Promise<void> {
    this.#trouble = "";
    try {
      this.#dialog ??= await this.#load();
      this.#discarded = undefined;
      this.#dialog.show();
    } catch (error) {
      this.#trouble = t`Fine-tuning could not be loaded (${(error as Error).message}). Check the connection and try again.`;
    }
    if (kept) await this.#dialog?.tuning.resumeStored(kept);
    this.#session.changed();
  }

  async #load(): Promise<FineTuneDialog> {
    const { FineTuneDialog } = await import("./dialog.ts");
    // Two clicks may both wait for the code.
    return (
      this.#dialog ??
      new FineTuneDialog(this.#session, this.#commands, {
        onSaved: (saved) => (this.#saved = saved),
        findWaiting: () => this.findWaiting(),
      })
    );
  }

  /** Discards a stored fine-tuning. It can be restored until something else is done. */
  async discard(kept: StoredTuning): Promise<void> {
    this.#trouble = "";
    const release = await lock(kept.id);
    if (release) {
      const pictures = await readPictures(kept.id).catch(() => []);
      this.#discarded = { kept, pictures };
      await removeTuning(kept.id).catch(() => undefined);
      release();
    } else {
      this.#trouble = t`${kept.name} is already being fine-tuned in another window.`;
    }
    await this.findWaiting();
  }

  async restore(): Promise<void> {
    const discarded = this.#discarded;
    if (!discarded) return;
    this.#trouble = "";
    try {
      await writePictures(discarded.kept.id, discarded.pictures);
      await writeTuning(discarded.kept);
      // Only now: otherwise another try, with more space on the device, had nothing to write.
      this.#discarded = undefined;
    } catch (error) {
      this.#trouble = (error as Error).message;
    }
    await this.findWaiting();
  }

  /** Deletes the model that was saved last and goes back to the one before. */
  async undoSave(): Promise<void> {
    const saved = this.#saved;
    this.#saved = undefined;
    if (!saved) return;
    await this.#commands.removeModel(saved.name);
    if (this.#session.choice.entryOf(saved.before)) this.#commands.setModel(saved.before);
  }
}
