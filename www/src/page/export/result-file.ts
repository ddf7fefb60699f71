/**
 * The result as a file. It is written as soon as the page is idle, so that its size is known before
 * the visitor saves it, and saving and sharing take no time.
 */
import type { UpscaleResult } from "../../module/core.ts";
import type { Session } from "../session/session.ts";
import { resultName, write, type FileSettings } from "../shared/formats.ts";
import { save } from "../shared/save.ts";
import { noteText } from "../shared/text.ts";
import { t } from "../shared/words.ts";

/** Milliseconds without other work after which the file is written. */
const QUIET_MS = 400;
/** Larger results are written only when they are saved: that takes long, and much memory. */
const MAX_PIXELS = 4_000_000;

interface Writing {
  of: UpscaleResult;
  settings: FileSettings;
  written: ReturnType<typeof write>;
  /** Undefined until it is written. */
  bytes: number | undefined;
}

export class ResultFile {
  readonly #session: Session;
  #writing: Writing | undefined;
  #timer: number | undefined;

  constructor(session: Session) {
    this.#session = session;
    session.onChange(() => this.#update());
  }

  /** The file's size; undefined until it is known. */
  get bytes(): number | undefined {
    return this.#current?.bytes;
  }

  get #current(): Writing | undefined {
    const { result, files } = this.#session;
    const writing = this.#writing;
    return writing && writing.of === result?.upscaled && writing.settings === files ? writing : undefined;
  }

  async save(): Promise<void> {
    await this.#use((file) => {
      save(file, file.name);
      return t`Saved ${file.name}.`;
    });
  }

  /** Hands the file to another app. */
  async share(): Promise<void> {
    await this.#use(async (file) => {
      await navigator.share({ files: [file] });
      return "";
    });
  }

  /** `use` returns what the status says then. */
  async #use(use: (file: File) => string | Promise<string>): Promise<void> {
    const { result, source: picture, files, activity } = this.#session;
    if (!result || !picture) return;
    try {
      const { file, notes } = await this.#write(result.upscaled);
      const name = `${resultName(picture.name, result.zoom)}.${files.format.ending}`;
      const text = `${await use(new File([file], name, { type: file.type }))} ${noteText(notes)}`.trim();
      // Later work has its own status.
      if (text && !activity.isBusy) activity.setStatus("done", text);
    } catch (error) {
      const { name } = error as Error;
      // The visitor has cancelled the sharing.
      if (name === "AbortError") return;
      // Browsers let pages share for a few seconds after a click.
      if (name === "NotAllowedError") activity.remark(t("The file is ready now. Press Share again."), "done");
      else activity.remark(error);
    }
  }

  #write(of: UpscaleResult): Writing["written"] {
    const { files: settings, source } = this.#session;
    if (this.#current) return this.#current.written;
    const written = write(of, settings, source?.file);
    const writing: Writing = { of, settings, written, bytes: undefined };
    this.#writing = writing;
    written.then(
      ({ file }) => {
        writing.bytes = file.size;
        this.#session.changed();
      },
      // The next attempt tries again, and says why it failed.
      () => {
        if (this.#writing === writing) this.#writing = undefined;
      },
    );
    return written;
  }

  /** Forgets the file of another result, and writes the current one once the page is idle. */
  #update(): void {
    const { result, activity, resultIsCurrent } = this.#session;
    const upscaled = result?.upscaled;
    if (this.#writing && !this.#current) this.#writing = undefined;
    clearTimeout(this.#timer);
    if (!upscaled || this.#current || activity.isBusy || !resultIsCurrent) return;
    if (upscaled.width * upscaled.height > MAX_PIXELS) return;
    this.#timer = window.setTimeout(() => void this.#write(upscaled).catch(() => undefined), QUIET_MS);
  }
}
