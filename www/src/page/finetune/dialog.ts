/** The dialog of fine-tuning. Its content is in `dialog-view.ts`. */
import { render } from "lit-html";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { readFiles } from "../shared/incoming.ts";
import { keepFocus } from "../shared/keep-focus.ts";
import { dialogTemplate, paintCrops } from "./dialog-view.ts";
import "./dialog.css";
import "./pictures.css";
import "./progress.css";
import { FineTuning, type Launcher } from "./fine-tuning.ts";
import "./settings.css";

/**
 * Milliseconds between two drawings: steps are faster than the eye can follow, and drawing slows
 * them down.
 */
const DRAW_DIALOG_MS = 120;
const DRAW_PANEL_MS = 500;

export class FineTuneDialog {
  readonly tuning: FineTuning;
  readonly #session: Session;
  readonly #dialog = document.createElement("dialog");
  #drawing = 0;

  constructor(session: Session, commands: Commands, launcher: Launcher) {
    this.#session = session;
    this.tuning = new FineTuning(session, commands, launcher, {
      draw: () => this.#draw(),
      drawSoon: () => this.#drawSoon(),
      drawPhase: () => this.#drawPhase(),
      close: () => this.#dialog.close(),
    });
    const dialog = this.#dialog;
    dialog.className = "dialog finetune";
    dialog.setAttribute("aria-labelledby", "tune-title");
    document.body.append(dialog);
    dialog.addEventListener("close", () => session.changed());
    // Whatever is dropped or pasted here must not reach the viewer.
    dialog.addEventListener("dragover", (event) => {
      event.preventDefault();
      event.stopPropagation();
      dialog.classList.toggle("dropping", this.tuning.phase === "setup");
    });
    dialog.addEventListener("dragleave", () => dialog.classList.remove("dropping"));
    dialog.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      dialog.classList.remove("dropping");
      void this.#addPictures(event.dataTransfer);
    });
    dialog.addEventListener("paste", (event) => {
      event.stopPropagation();
      if (event.clipboardData?.files.length) void this.#addPictures(event.clipboardData);
    });
    addEventListener("visibilitychange", () => {
      if (document.hidden) this.tuning.keep();
    });
  }

  show(): void {
    this.tuning.prepare();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#draw();
    this.#focusTitle();
  }

  async #addPictures(transfer: DataTransfer | null): Promise<void> {
    const { files } = await readFiles(transfer);
    const { phase, pictures, minSide } = this.tuning;
    if (phase === "setup")
      pictures.add(
        files.map(({ file }) => file),
        minSide,
      );
  }

  #draw(): void {
    clearTimeout(this.#drawing);
    this.#drawing = 0;
    if (!this.#dialog.open) return;
    render(
      dialogTemplate(this.tuning, () => this.#dialog.close()),
      this.#dialog,
    );
    paintCrops(this.#dialog, this.tuning);
  }

  #drawSoon(): void {
    const draw = () => {
      this.#draw();
      if (!this.#dialog.open) this.#session.changed();
    };
    this.#drawing ||= window.setTimeout(draw, this.#dialog.open ? DRAW_DIALOG_MS : DRAW_PANEL_MS);
  }

  /** Draws a new phase, in which the button that was pressed may be gone. */
  #drawPhase(): void {
    keepFocus(this.#dialog, "h2", () => {
      this.#draw();
      this.#session.changed();
    });
  }

  #focusTitle(): void {
    this.#dialog.querySelector<HTMLElement>("h2")?.focus();
  }
}
