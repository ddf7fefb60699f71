/** The result's file: buttons to save and share it; fields for its format, quality and metadata. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { clamp } from "../shared/clamp.ts";
import { formats, jpeg, lossyWebp, png, type FileSettings, type Format } from "../shared/formats.ts";
import { html } from "../shared/html.ts";
import { bytesText } from "../shared/text.ts";
import { unlessEdited } from "../shared/unless-edited.ts";
import type { ResultFile } from "./result-file.ts";
import { t } from "../shared/words.ts";

/**
 * Whether the browser writes lossy WebP; Safari writes PNG instead. Undefined until that is known.
 */
let writesLossyWebp: boolean | undefined;

export async function probeFormats(): Promise<void> {
  const canvas = new OffscreenCanvas(1, 1);
  canvas.getContext("2d");
  const { type } = await canvas.convertToBlob({ type: lossyWebp.type, quality: 0.5 });
  writesLossyWebp = type === lossyWebp.type;
}

/** Whether the browser hands files to other apps. */
const canShare = "canShare" in navigator && navigator.canShare({ files: [new File([], "x.png", { type: png.type })] });

/**
 * They have their places before there is a result. Download is not the main button if settings have
 * changed: the next step is to enlarge.
 */
export function resultButtons({ files, result, resultIsCurrent }: Session, resultFile: ResultFile): TemplateResult {
  const { bytes } = resultFile;
  return html`
    <button
      type="button"
      class=${resultIsCurrent ? "primary" : ""}
      data-testid="download"
      ?disabled=${!result}
      @click=${() => void resultFile.save()}
    >
      <span>Download</span> ${fileTemplate(files, bytes)}
    </button>
    ${
      canShare
        ? html`<button
            type="button"
            class="share"
            data-testid="share"
            ?disabled=${!result}
            @click=${() => void resultFile.share()}
          >
            Share
          </button>`
        : nothing
    }
  `;
}

/** The file's format, and its size once that is known. */
function fileTemplate({ format }: FileSettings, bytes: number | undefined): TemplateResult {
  const size = bytes === undefined ? nothing : html`<small>${bytesText(bytes)}</small>`;
  return html`<span class="file">${format.ending.toUpperCase()} ${size}</span>`;
}

/** The fields, for a result or for the files of a batch. */
export function filesTemplate(session: Session, commands: Commands): TemplateResult {
  return html`
    <div class="row">${formatFields(session, commands)}</div>
    ${formatNote(session)} ${metadataField(session, commands)}
  `;
}

/** Fields for the format and the quality. */
function formatFields({ files, batch, activity }: Session, commands: Commands): TemplateResult {
  const isMissing = (format: Format) => format === lossyWebp && writesLossyWebp === false;
  return html`
    <select
      class="grow"
      aria-label="File format"
      .value=${live(files.format.label)}
      ?disabled=${batch !== undefined && activity.isBusy}
      @change=${(event: Event) => {
        const label = (event.target as HTMLSelectElement).value;
        const format = formats.find((candidate) => candidate.label === label);
        if (format) commands.setFormat(format);
      }}
    >
      ${formats.map((format) => {
        const { label } = format;
        const name = isMissing(format) ? t`${t(label)} (not in this browser)` : t(label);
        return html`
          <option value=${label} ?selected=${format === files.format} ?disabled=${isMissing(format)}>${name}</option>
        `;
      })}
    </select>
    ${files.format.isLossy ? qualityField(files, batch !== undefined && activity.isBusy, commands) : nothing}
  `;
}

function qualityField({ format, quality }: FileSettings, isDisabled: boolean, commands: Commands): TemplateResult {
  const title =
    format === lossyWebp ? t`${format.label} quality, 1 to 100; 100 is lossless` : t`${format.label} quality, 1 to 100`;
  return html`
    <label class="number quality" title=${title}>
      <span aria-hidden="true">Q</span>
      <input
        type="number"
        aria-label=${title}
        data-testid="file-quality"
        min="1"
        max="100"
        step="1"
        ?disabled=${isDisabled}
        .value=${unlessEdited(String(quality))}
        @change=${(event: Event) => {
          const wanted = Math.round((event.target as HTMLInputElement).valueAsNumber) || quality;
          commands.setFormat(format, clamp(wanted, 1, 100));
        }}
      />
    </label>
  `;
}

/**
 * Warns that the format has no transparency. The pictures of a batch may have some: that is not
 * known yet.
 */
function formatNote({ files, batch, source }: Session): TemplateResult | typeof nothing {
  if (files.format !== jpeg || !(batch ?? source?.hasAlpha)) return nothing;
  return html`<p class="about" data-testid="format-note">JPEG has no transparency: transparent areas become white.</p>`;
}

/** Whether a file is of a type whose metadata can be copied. */
const hasMetadata = (file: Blob | undefined) => /^image\/(png|jpeg|webp)$/.test(file?.type ?? "");

function metadataField(
  { files, batch, source, activity }: Session,
  commands: Commands,
): TemplateResult | typeof nothing {
  const originals = batch?.items.map(({ file }) => file) ?? [source?.file];
  if (!originals.some(hasMetadata)) return nothing;
  return html`
    <label class="check">
      <input
        type="checkbox"
        data-testid="keep-metadata"
        ?disabled=${batch !== undefined && activity.isBusy}
        .checked=${live(files.keepsMetadata)}
        @change=${(event: Event) => commands.setKeepsMetadata((event.target as HTMLInputElement).checked)}
      />
      Keep camera, date and location
    </label>
  `;
}
