/** How the page looks for a state of `App`: the controls, and what the viewer shows while it has no picture. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { MAX_ZOOM, type Backend, type ModelEntry } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { batchTemplate, type Batch } from "./batch.ts";
import { compareSection } from "./compare.ts";
import { demos, thumbUrl } from "./demos.ts";
import { offerTemplate } from "./elsewhere.ts";
import { formatFields, formatNote, metadataField } from "./formats.ts";
import { MIN_ZOOM } from "./link.ts";
import { networkSection } from "./network.ts";
import { modelLabel, ownModelInLink, ownModelsTemplate } from "./own-models.ts";
import { linkNote } from "./share.ts";
import { sizeText, timeText } from "./text.ts";
import { truthSection } from "./truth.ts";
import { tuningSection } from "./tuning-door.ts";
import { verifyTemplate } from "./verify.ts";

interface Size {
  width: number;
  height: number;
}

export function draw(app: App, panel: HTMLElement, welcome: HTMLElement): void {
  render(app.picture ? nothing : welcomeTemplate(app), welcome);
  render(panelTemplate(app), panel);
}

function welcomeTemplate(app: App): TemplateResult {
  // On a phone the status is far below.
  const { state, text } = app.activity.status;
  return html`
    ${state === "error" ? html`<p class="trouble">${text}</p>` : nothing} ${offerTemplate(app)}
    <h2>Enlarge a picture</h2>
    <p>
      <span class="with-mouse">Drop one here, paste it, or </span><label class="link" for="file">choose a file</label>.
    </p>
    <p class="or">Or try one of these</p>
    ${demoList(app)}
  `;
}

function panelTemplate(app: App): TemplateResult {
  return html`
    <header class="brand">
      <img src="./icon.svg" alt="" width="28" height="28" />
      <h1>SplitSR</h1>
      <span>super-resolution in your browser</span>
    </header>
    ${pictureSection(app)} ${zoomSection(app)} ${modelSection(app)} ${tuningSection(app)} ${deviceSection(app)}
    ${compareSection(app)} ${runSection(app)} ${app.result ? resultSection(app, app.result) : nothing}
    ${truthSection(app)}
    <footer>
      <p class="privacy">Your pictures never leave this device: everything is computed in this page.</p>
      <div id="offline"></div>
    </footer>
  `;
}

/** The files of an input that changed; it is cleared, so that choosing the same file again is a change too. */
function taken(event: Event): File[] {
  const input = event.target as HTMLInputElement;
  const files = [...(input.files ?? [])];
  input.value = "";
  return files;
}

function pictureSection(app: App): TemplateResult {
  const { picture } = app;
  return html`
    <section aria-labelledby="picture-title">
      <h2 id="picture-title">Picture</h2>
      <input
        id="file"
        class="unseen"
        type="file"
        multiple
        accept="image/*,.tif,.tiff,.avif"
        data-testid="file-input"
        @change=${(event: Event) => void app.arrival.openFiles(taken(event))}
      />
      <input
        id="camera"
        class="unseen with-camera"
        type="file"
        accept="image/*"
        capture="environment"
        data-testid="camera"
        @change=${(event: Event) => void app.arrival.openFiles(taken(event))}
      />
      <label class="button wide with-camera" for="camera">Take a photo</label>
      <label class="button wide" for="file">${picture ? "Open another picture" : "Open a picture"}</label>
      ${
        picture
          ? html`<p class="about">
                <b>${picture.name}</b> ${sizeText(picture)}${picture.hasAlpha ? ", transparent" : ""}${
                  app.part ? `; of it ${sizeText(app.part)}` : ""
                }
              </p>
              ${notes(picture.notes)} ${offerTemplate(app)}`
          : nothing
      }
      ${app.batch ? batchSection(app, app.batch) : nothing} ${picture ? demoList(app) : nothing}
    </section>
  `;
}

function demoList(app: App): TemplateResult {
  return html`
    <ul class="demos">
      ${demos.map(
        (demo) => html`
          <li>
            <button
              type="button"
              aria-pressed=${app.picture?.demo === demo.id}
              title=${demo.description}
              ?disabled=${app.models.length === 0}
              @click=${() => void app.openDemo(demo)}
            >
              <img src=${thumbUrl(demo.id)} alt="" />
              <span>${demo.title}</span>
            </button>
          </li>
        `,
      )}
    </ul>
  `;
}

function zoomSection(app: App): TemplateResult {
  const { source, target } = app;
  return html`
    <section aria-labelledby="zoom-title">
      <h2 id="zoom-title">Zoom</h2>
      <div class="zoom">
        <input
          type="range"
          aria-label="Zoom"
          aria-valuetext="${app.zoom} times"
          min=${Math.log2(MIN_ZOOM)}
          max=${Math.log2(MAX_ZOOM)}
          step="0.01"
          .value=${live(String(Math.log2(app.zoomIsValid ? app.zoom : MIN_ZOOM)))}
          @input=${(event: Event) => {
            // Each step of the slider is the same factor; the zoom snaps to twentieths.
            const exponent = Number((event.target as HTMLInputElement).value);
            app.setZoom(Math.round(2 ** exponent * 20) / 20);
          }}
        />
        <span class="number">
          <span aria-hidden="true">×</span>
          <input
            type="number"
            aria-label="Zoom factor, ${MIN_ZOOM} to ${MAX_ZOOM}"
            data-testid="zoom"
            min=${MIN_ZOOM}
            max=${MAX_ZOOM}
            step="any"
            aria-invalid=${!app.zoomIsValid}
            .value=${live(app.zoom ? String(Number(app.zoom.toFixed(4))) : "")}
            @input=${(event: Event) => app.setZoom((event.target as HTMLInputElement).valueAsNumber)}
          />
        </span>
      </div>
      <p class="about" data-testid="estimate">
        ${target && app.zoomIsValid ? `Result: ${sizeText(target)}${costText(app)}` : "From 1 to 16, fractions too"}
      </p>
      ${source && target ? sizeFields(app, source, target) : nothing}
    </section>
  `;
}

/** The zoom by the result's width or height. */
function sizeFields(app: App, picture: Size, target: Size): TemplateResult {
  const field = (side: "width" | "height", label: string) => html`
    <label class="number">
      <span aria-hidden="true">${label.charAt(0)}</span>
      <input
        type="number"
        aria-label="${label} of the result in pixels"
        data-testid=${side}
        min="1"
        step="1"
        .value=${live(app.zoomIsValid ? String(target[side]) : "")}
        @change=${(event: Event) => app.setZoom((event.target as HTMLInputElement).valueAsNumber / picture[side])}
      />
    </label>
  `;
  return html`<div class="row sides">${field("width", "Width")} ${field("height", "Height")}</div>`;
}

/** What the run would take, once that is known. */
function costText({ estimate }: App): string {
  if (!estimate) return "";
  const megabytes = estimate.bytes / 1e6;
  const memory =
    megabytes < 1000 ? `${Math.ceil(megabytes / 10) * 10}\u00a0MB` : `${(megabytes / 1000).toFixed(1)}\u00a0GB`;
  return `; about ${timeText(estimate.milliseconds)}, ${memory} of memory`;
}

/** A section with one choice out of `options`, each a value and how it is called, and something about it below. */
function choiceSection<T extends string>(
  title: string,
  testId: string,
  options: readonly (readonly [value: T, label: string])[],
  chosen: T,
  choose: (value: T) => void,
  about: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const titleId = `${testId}-title`;
  return html`
    <section aria-labelledby=${titleId}>
      <h2 id=${titleId}>${title}</h2>
      <select
        aria-labelledby=${titleId}
        data-testid=${testId}
        .value=${live(chosen)}
        @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as T)}
      >
        ${options.map(
          // Without a value it tells how things are, and is nothing to choose.
          ([value, label]) => html`
            <option value=${value} ?selected=${value === chosen} ?disabled=${!value} ?hidden=${!value}>${label}</option>
          `,
        )}
      </select>
      ${about}
    </section>
  `;
}

/** Says how little some were: a comparison of models is one of their trainings too. */
function trainedText({ training }: ModelEntry): string {
  if (!training?.hours) return "";
  return training.hours < 1 ? `, ${Math.round(training.hours * 60)} minutes` : `, ${training.hours.toFixed(1)} hours`;
}

function modelSection(app: App): TemplateResult {
  const { entry: model, isTrained, isChosen } = app.choice;
  const about = html`
    ${
      model && isTrained
        ? html`<p class="about">
            Trained for ×${model.scale}${trainedText(model)}; ${model.params.toLocaleString("en")}
            parameters${isChosen ? "" : "; follows the zoom"}
          </p>`
        : nothing
    }
    ${ownModelsTemplate(app)} ${networkSection(app)}
  `;
  const options = app.models.map((entry) => [entry.name, modelLabel(app.own, entry)] as const);
  // Hyper-parameters without weights are no model of the list, from which each can be chosen again then.
  const all = options.length > 0 ? [["", "Not trained"] as const, ...options] : [];
  return choiceSection("Model", "model", all, isTrained ? app.model : "", (name) => app.setModel(name), about);
}

const devices: readonly [Backend, string][] = [
  ["auto", "Automatic"],
  ["cpu", "Processor (CPU)"],
  ["gpu", "Graphics card (WebGPU)"],
];

function deviceSection(app: App): TemplateResult {
  return choiceSection("Device", "backend", devices, app.backend, (backend) => app.setBackend(backend));
}

function runSection(app: App): TemplateResult {
  const { state, text } = app.activity.status;
  const working = state === "working";
  return html`
    <section class="run" aria-label="Enlarge">
      <div class="row">
        <button
          type="button"
          class="primary"
          data-testid="run"
          ?disabled=${!app.picture || app.activity.isBusy || !app.zoomIsValid || !app.choice.isTrained}
          @click=${() => void app.run()}
        >
          Enlarge
        </button>
        ${
          working
            ? html`<button type="button" data-testid="cancel" @click=${() => app.cancel()}>Cancel</button>`
            : nothing
        }
      </div>
      ${
        working
          ? html`<progress
              data-testid="progress"
              aria-label="Progress"
              max="1"
              .value=${app.activity.progress}
            ></progress>`
          : nothing
      }
      <p class="status" role="status" data-testid="status" data-state=${state}>${text}</p>
    </section>
  `;
}

/** Several pictures, and how they are written, where no result asks for that. */
function batchSection(app: App, batch: Batch): TemplateResult {
  return html`
    ${
      app.result
        ? nothing
        : html`<div class="row">${formatFields(app)}</div>
            ${formatNote(app)} ${metadataField(app)}`
    }
    ${batchTemplate(app, batch)}
  `;
}

function resultSection(app: App, { upscaled, model }: NonNullable<App["result"]>): TemplateResult {
  const { report } = upscaled;
  const rows: [string, string | TemplateResult][] = [
    ["Size", sizeText(upscaled)],
    ["Time", timeText(report.milliseconds)],
    // A file that was loaded may have another name here than it says.
    ["Model", model === report.model ? model : `${model} (in its file: ${report.model})`],
    ["Device", `${report.backend.toUpperCase()} (${report.adapter})`],
    ["Why there", report.reason],
    ["Tiles", String(report.tiles)],
    ["Model SHA-256", html`<code>${report.modelSha256}</code>`],
    ["Output SHA-256", html`<code>${report.outputSha256}</code>`],
  ];
  return html`
    <section aria-labelledby="result-title">
      <h2 id="result-title">Result</h2>
      <div class="row">
        ${formatFields(app)}
        <button type="button" class="grow" data-testid="download" @click=${() => void app.download()}>Download</button>
      </div>
      ${formatNote(app)} ${metadataField(app)}
      <a
        class="button wide"
        href=${app.share.link}
        data-testid="share-link"
        @click=${(event: Event) => {
          event.preventDefault();
          void app.copyLink();
        }}
        >${app.linkCopied ? "Link copied" : "Copy link"}</a
      >
      ${linkNote(app)} ${ownModelInLink(app)} ${verifyTemplate(app)}
      <details open>
        <summary>Report</summary>
        <dl data-testid="report">
          ${rows.map(
            ([term, value]) =>
              html`<div>
                <dt>${term}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
        </dl>
      </details>
    </section>
  `;
}

/** What the decoder remarks, phrases like "the first of 4 frames", as a sentence. */
function notes(phrases: string[]): TemplateResult | typeof nothing {
  return phrases.length > 0 ? html`<p class="about">Note: ${phrases.join("; ")}.</p>` : nothing;
}
