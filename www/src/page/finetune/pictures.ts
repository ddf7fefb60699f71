/** The pictures to fine-tune on. Each is read once, to check that it is usable. */
import { nothing, type TemplateResult } from "lit-html";
import { HELD_OUT_PARTS, MAX_PICTURES, MIN_PICTURES_HELD_OUT_WHOLE, type SourcePicture } from "../../module/core.ts";
import { html } from "../shared/html.ts";
import { filesOf } from "../shared/incoming.ts";
import { plural, t } from "../shared/words.ts";

interface TunePicture {
  file: File;
  width: number;
  height: number;
  /** An object URL of the file. */
  url: string;
  /** Whether the browser can show it. The engine reads more formats. */
  shows: boolean;
}

export class Pictures {
  all: readonly TunePicture[] = [];
  /** Why some of the files that were chosen last are not usable. */
  #refused: string[] = [];
  /** How many of the files that were chosen last exceeded the limit. */
  #excess = 0;
  /** How many chosen files are yet to be read. */
  unread = 0;
  readonly #inspect: (file: Blob) => Promise<SourcePicture>;
  readonly #changed: () => void;
  /** Resolves when all chosen files are read. */
  ready: Promise<void> = Promise.resolve();

  constructor(inspect: (file: Blob) => Promise<SourcePicture>, changed: () => void) {
    this.#inspect = inspect;
    this.#changed = changed;
  }

  /** Sentences that say why some of the files that were chosen last are missing. */
  get refusals(): string[] {
    const excess = this.#excess;
    if (excess === 0) return this.#refused;
    return [
      ...this.#refused,
      plural(
        excess,
        "At most {0} pictures can be used: {1} was left out.",
        "At most {0} pictures can be used: {1} were left out.",
        MAX_PICTURES,
        excess,
      ),
    ];
  }

  /** Adds pictures whose sides have at least `minSide` pixels. */
  add(files: readonly File[], minSide: number): void {
    this.#forgetRefusals();
    if (files.length === 0)
      this.#refused.push(t("That was not a file. Save the picture first, then choose or drop the file."));
    this.unread += files.length;
    this.ready = this.ready.then(async () => {
      for (const file of files) {
        await this.#read(file, minSide);
        this.unread--;
        this.#changed();
      }
    });
    this.#changed();
  }

  async #read(file: File, minSide: number): Promise<void> {
    const isSame = (other: File) =>
      other.name === file.name && other.size === file.size && other.lastModified === file.lastModified;
    if (this.all.some((picture) => isSame(picture.file))) return;
    if (this.all.length >= MAX_PICTURES) {
      this.#excess++;
      return;
    }
    try {
      const { width, height } = await this.#inspect(file);
      const trouble = sizeTrouble({ width, height }, minSide);
      if (trouble) this.#refused.push(`${file.name}: ${trouble}`);
      else this.all = [...this.all, { file, width, height, url: URL.createObjectURL(file), shows: true }];
    } catch (error) {
      this.#refused.push(`${file.name}: ${(error as Error).message}`);
    }
  }

  #forgetRefusals(): void {
    this.#refused = [];
    this.#excess = 0;
  }

  remove(picture: TunePicture): void {
    URL.revokeObjectURL(picture.url);
    this.all = this.all.filter((other) => other !== picture);
    this.#forgetRefusals();
    this.#changed();
  }

  /** Called when the browser cannot show a picture. */
  hide(picture: TunePicture): void {
    this.all = this.all.map((other) => (other === picture ? { ...picture, shows: false } : other));
    this.#changed();
  }

  /** A sentence that says why training on these is not possible; empty if it is. */
  trouble(minSide: number): string {
    if (this.all.length === 0) return t("Choose at least one picture to fine-tune on.");
    const small = this.all.find((picture) => sizeTrouble(picture, minSide) !== "");
    if (small) return `${small.file.name}: ${sizeTrouble(small, minSide)}`;
    // With few pictures, the last quarter of each is held out to score with.
    const needed = Math.ceil((minSide * HELD_OUT_PARTS) / (HELD_OUT_PARTS - 1));
    const short = this.all.find(({ width, height }) => Math.max(width, height) < needed);
    if (!short || this.all.length >= MIN_PICTURES_HELD_OUT_WHOLE) return "";
    return t`${short.file.name}: The picture is too small. With fewer than ${MIN_PICTURES_HELD_OUT_WHOLE} pictures, a quarter of each is kept for validation, so the longer side must have at least ${needed} pixels. Use a larger picture, or more pictures.`;
  }
}

function sizeTrouble({ width, height }: { width: number; height: number }, minSide: number): string {
  if (Math.min(width, height) >= minSide) return "";
  return t`The picture is too small (${width} × ${height} pixels). Each side must have at least ${minSide} pixels.`;
}

export function picturesTemplate(pictures: Pictures, minSide: number): TemplateResult {
  const { all, refusals } = pictures;
  return html`
    <div class="drop" data-empty=${all.length === 0}>
      <input
        id="tune-files"
        class="unseen"
        type="file"
        multiple
        accept="image/*,.tif,.tiff,.avif"
        data-testid="finetune-files"
        aria-describedby="tune-files-about"
        @change=${(event: Event) => pictures.add(filesOf(event), minSide)}
      />
      <label class="button" for="tune-files">${all.length > 0 ? t("Add pictures") : t("Choose pictures")}</label>
      <p class="about" id="tune-files-about">
        <span class="with-mouse">Or drop them here.</span> Use 1 to ${MAX_PICTURES} sharp pictures of the kind you want
        to enlarge.
      </p>
      ${
        all.length > 0
          ? html`<ul class="thumbs" data-testid="finetune-pictures">
              ${all.map((picture) => {
                const { file, width, height, url, shows } = picture;
                return html`<li title="${file.name}, ${width} × ${height}">
                  ${
                    shows
                      ? html`<img
                          src=${url}
                          alt=${file.name}
                          loading="lazy"
                          decoding="async"
                          @error=${() => pictures.hide(picture)}
                        />`
                      : html`<span>${file.name}</span>`
                  }
                  <button type="button" aria-label="Remove ${file.name}" @click=${() => pictures.remove(picture)}>
                    ×
                  </button>
                </li>`;
              })}
            </ul>`
          : nothing
      }
      <p class="count" role="status" data-testid="finetune-count">${countText(pictures)}</p>
      ${
        refusals.length > 0
          ? html`<div class="refusals" role="alert" data-testid="finetune-refusals">
              <ul>
                ${refusals.map((refusal) => html`<li>${refusal}</li>`)}
              </ul>
            </div>`
          : nothing
      }
    </div>
  `;
}

function countText({ all, unread }: Pictures): string {
  if (unread > 0) return plural(unread, "Reading {0} picture…", "Reading {0} pictures…", unread);
  if (all.length === 0) return "";
  return plural(all.length, "{0} picture", "{0} pictures", all.length);
}
