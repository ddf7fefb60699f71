/** The way into fine-tuning, a section of the panel. The rest of it is loaded when it is asked for. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "./app.ts";
import type { FineTuning } from "./finetune.ts";
import { readPictures, readTunings, removeTuning, writePictures, writeTuning, type KeptTuning } from "./storage.ts";

export class TuningDoor {
  /** Undefined until it is loaded. */
  tuning: FineTuning | undefined;
  /** Fine-tunings that were kept and do not run here. */
  waiting: readonly KeptTuning[] = [];
  /** The last that was discarded, until something else is done. */
  discarded: { kept: KeptTuning; pictures: File[] } | undefined;
  /** The model that was saved last, the one that was used before, and what the new one is worth. */
  saved: { name: string; before: string; text: string } | undefined;
  trouble = "";

  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Finds out what waits. */
  async look(): Promise<void> {
    // A browser that keeps nothing has none.
    const all = await readTunings().catch(() => []);
    this.waiting = all.filter(({ id }) => id !== this.tuning?.run?.id);
    this.#app.refresh();
  }

  /** Opens the dialog, and goes on with one that was kept. */
  async open(kept?: KeptTuning): Promise<void> {
    this.trouble = "";
    try {
      if (!this.tuning) {
        const { FineTuning } = await import("./finetune.ts");
        this.tuning ??= new FineTuning(this.#app);
      }
      this.discarded = undefined;
      this.tuning.show();
      if (kept) await this.tuning.goOn(kept);
    } catch (error) {
      this.trouble = `Fine-tuning could not be loaded (${(error as Error).message}). Check the connection and try again.`;
    }
    this.#app.refresh();
  }

  /** Until something else is done it can be brought back. */
  async discard(kept: KeptTuning): Promise<void> {
    this.trouble = "";
    const release = await hold(kept.id);
    if (release) {
      const pictures = await readPictures(kept.id).catch(() => []);
      this.discarded = { kept, pictures };
      await removeTuning(kept.id).catch(() => undefined);
      release();
    } else {
      this.trouble = `${kept.name} is being fine-tuned in another window of this page.`;
    }
    await this.look();
  }

  async bringBack(): Promise<void> {
    const { discarded } = this;
    if (!discarded) return;
    this.discarded = undefined;
    try {
      await writePictures(discarded.kept.id, discarded.pictures);
      await writeTuning(discarded.kept);
    } catch (error) {
      this.trouble = (error as Error).message;
    }
    await this.look();
  }

  /** Throws the model that was saved last away and goes back to the one before. */
  async undo(): Promise<void> {
    const { saved } = this;
    this.saved = undefined;
    if (!saved) return;
    await this.#app.removeModel(saved.name);
    if (this.#app.choice.entryOf(saved.before)) this.#app.setModel(saved.before);
  }
}

/** The right to a run, which one window has at a time; undefined where another one has it. */
export async function hold(id: string): Promise<(() => void) | undefined> {
  // Browsers have locks in secure contexts only.
  if (!("locks" in navigator)) return () => undefined;
  return new Promise((resolve, reject) => {
    const options = { ifAvailable: true };
    navigator.locks
      .request(`splitsr tuning ${id}`, options, (lock) => {
        if (!lock) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

export function tuningSection(app: App): TemplateResult {
  const { door, choice } = app;
  const { tuning, saved, trouble } = door;
  const start = choice.trained?.name;
  return html`
    <section class="tuning" aria-labelledby="finetune-title">
      <h2 id="finetune-title">Fine-tune</h2>
      <button
        type="button"
        class="wide"
        data-testid="finetune-open"
        aria-haspopup="dialog"
        ?disabled=${!start}
        @click=${() => void door.open()}
      >
        ${tuning?.isBusy ? "Show the fine-tuning" : choice.isTrained ? "Fine-tune on your pictures" : "Train it on your pictures"}
      </button>
      ${
        tuning?.isBusy
          ? html`<progress aria-label="Fine-tuning" max="1" .value=${tuning.fraction}></progress>
              <p class="about" data-testid="finetune-line">${tuning.line}</p>`
          : html`<p class="about">
              ${choice.isTrained ? html`Makes <b>${start}</b> better at pictures like yours, on this device.` : html`Trains the network that you chose, on this device; what fits is taken over from <b>${start}</b>, the nearest that is trained.`}
            </p>`
      }
      <div role="status">
        ${
          saved && choice.entryOf(saved.name)
            ? html`<p class="about" data-testid="finetune-saved">
                Saved <b>${saved.name}</b>. ${saved.text}
                <button
                  type="button"
                  class="link"
                  data-testid="finetune-undo"
                  title="Deletes ${saved.name} and goes back to ${saved.before}"
                  @click=${() => void door.undo()}
                >
                  Undo
                </button>
              </p>`
            : nothing
        }
        ${trouble ? html`<p class="about wrong">${trouble}</p>` : nothing}
      </div>
      ${waitingTemplate(app)}
    </section>
  `;
}

/** What was kept of an earlier visit, to go on with. */
function waitingTemplate({ door }: App): TemplateResult {
  const { waiting, discarded, tuning } = door;
  return html`
    ${
      waiting.length > 0
        ? html`<ul class="waiting" data-testid="finetune-waiting">
            ${waiting.map(
              (kept) => html`
                <li>
                  <button
                    type="button"
                    class="grow"
                    data-testid="finetune-resume"
                    ?disabled=${tuning?.isBusy ?? false}
                    @click=${() => void door.open(kept)}
                  >
                    Go on with ${kept.name}, step ${kept.step.toLocaleString("en")}
                  </button>
                  <button
                    type="button"
                    data-testid="finetune-discard"
                    aria-label="Discard ${kept.name}"
                    @click=${() => void door.discard(kept)}
                  >
                    Discard
                  </button>
                </li>
              `,
            )}
          </ul>`
        : nothing
    }
    ${
      discarded
        ? html`<p class="about" role="status">
            Discarded ${discarded.kept.name}.
            <button type="button" class="link" @click=${() => void door.bringBack()}>Undo</button>
          </p>`
        : nothing
    }
  `;
}
