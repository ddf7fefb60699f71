/** How results become files: the format, its quality, the metadata and the name. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { UpscaleResult } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { roundZoom } from "./text.ts";

export interface Format {
  /** Its name, in the list and for the reader. */
  label: string;
  /** Its name in a link. */
  link: string;
  type: string;
  ending: string;
  /** Whether it has a quality. */
  isLossy: boolean;
}

export const png: Format = { label: "PNG", link: "png", type: "image/png", ending: "png", isLossy: false };

const jpeg: Format = { label: "JPEG", link: "jpg", type: "image/jpeg", ending: "jpg", isLossy: true };

const lossyWebp: Format = { label: "WebP", link: "webp", type: "image/webp", ending: "webp", isLossy: true };

export const formats: readonly Format[] = [
  png,
  jpeg,
  lossyWebp,
  { ...lossyWebp, label: "WebP, lossless", link: "webp-lossless", isLossy: false },
];

export interface FileSettings {
  format: Format;
  /** Of a lossy format, 1 to 100. */
  quality: number;
  /** Whether the EXIF metadata of the original goes along. */
  keepsMetadata: boolean;
}

/** A result as a file; `original`: the one that the picture came from. */
export function write(
  result: UpscaleResult,
  { format, quality, keepsMetadata }: FileSettings,
  original: Blob | undefined,
): Promise<Blob> {
  const metadataOf = keepsMetadata ? original : undefined;
  return result.blob(format.type, format.isLossy ? quality : undefined, { metadataOf });
}

/** File systems hold names of 255 bytes; the zoom, a number and the ending are still to come. */
const MOST_NAME_BYTES = 200;

/** A name for the result of the picture `name` that is safe on every system, without an ending. */
export function resultName(name: string, zoom: number): string {
  // What Windows forbids, separators of folders among it, and dots that would hide a file.
  const safe = name.replace(/[\p{Cc}<>:"/\\|?*]/gu, "_").replace(/^[. ]+/, "");
  // Cut by characters, so that none is cut through.
  const characters = Array.from(safe);
  const bytes = () => new TextEncoder().encode(characters.join("")).length;
  while (bytes() > MOST_NAME_BYTES) characters.pop();
  return `${characters.join("") || "picture"}-${roundZoom(zoom)}x`;
}

/** Whether the browser writes a lossy WebP: Safari gives a PNG instead. Undefined until that is known. */
let writesLossyWebp: boolean | undefined;

export async function probeFormats(): Promise<void> {
  const canvas = new OffscreenCanvas(1, 1);
  canvas.getContext("2d");
  const { type } = await canvas.convertToBlob({ type: lossyWebp.type, quality: 0.5 });
  writesLossyWebp = type === lossyWebp.type;
}

/** The choice of the format, and of the quality. */
export function formatFields(app: App): TemplateResult {
  const isMissing = (format: Format) => format === lossyWebp && writesLossyWebp === false;
  return html`
    <select
      aria-label="File format"
      .value=${live(app.format.label)}
      ?disabled=${app.batch !== undefined && app.activity.isBusy}
      @change=${(event: Event) => {
        const label = (event.target as HTMLSelectElement).value;
        const format = formats.find((candidate) => candidate.label === label);
        if (format) app.setFormat(format);
      }}
    >
      ${formats.map((format) => {
        const { label } = format;
        const why = isMissing(format) ? " (not in this browser)" : "";
        return html`
          <option value=${label} ?selected=${format === app.format} ?disabled=${isMissing(format)}>
            ${label}${why}
          </option>
        `;
      })}
    </select>
    ${app.format.isLossy ? qualityField(app) : nothing}
  `;
}

function qualityField(app: App): TemplateResult {
  const title = `${app.format.label} quality, 1 to 100${app.format === lossyWebp ? "; 100 is lossless" : ""}`;
  return html`
    <label class="number quality" title=${title}>
      <span aria-hidden="true">Q</span>
      <input
        type="number"
        aria-label=${title}
        data-testid="quality"
        min="1"
        max="100"
        step="1"
        ?disabled=${app.batch !== undefined && app.activity.isBusy}
        .value=${live(String(app.quality))}
        @change=${(event: Event) => {
          const quality = Math.round((event.target as HTMLInputElement).valueAsNumber) || app.quality;
          app.setFormat(app.format, Math.min(100, Math.max(1, quality)));
        }}
      />
    </label>
  `;
}

/** What the chosen format takes from the picture, or from some of several, which are not known before they are read. */
export function formatNote(app: App): TemplateResult | typeof nothing {
  if (app.format !== jpeg || !(app.batch ?? app.source?.hasAlpha)) return nothing;
  return html`<p class="about" data-testid="format-note">What is transparent becomes white.</p>`;
}

/** The kinds of file whose metadata can be carried over. */
const hasMetadata = (file: Blob | undefined) => /^image\/(png|jpeg|webp)$/.test(file?.type ?? "");

export function metadataField(app: App): TemplateResult | typeof nothing {
  const files = app.batch?.items.map(({ file }) => file) ?? [app.source?.file];
  if (!files.some(hasMetadata)) return nothing;
  return html`
    <label class="check">
      <input
        type="checkbox"
        data-testid="keep-metadata"
        ?disabled=${app.batch !== undefined && app.activity.isBusy}
        .checked=${live(app.keepsMetadata)}
        @change=${(event: Event) => app.keepMetadata((event.target as HTMLInputElement).checked)}
      />
      Keep camera, date and place
    </label>
  `;
}
