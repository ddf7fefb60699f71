/** Enlarging: the zoom, the device, the button, and the report of the result. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { MAX_ZOOM, type Backend } from "../../module/core.ts";
import { MAX_AUTO_ENLARGE_MS } from "../session/auto-enlarge.ts";
import type { Commands } from "../session/commands.ts";
import { MIN_ZOOM } from "../session/defaults.ts";
import type { Result, Session } from "../session/session.ts";
import { clamp } from "../shared/clamp.ts";
import { folded } from "../shared/folded.ts";
import { html } from "../shared/html.ts";
import { modelLabel } from "../shared/model-names.ts";
import { estimateText, scheduleText, sizeText, timeText, zoomText } from "../shared/text.ts";
import { unlessEdited } from "../shared/unless-edited.ts";
import { fixed, type Phrase, t } from "../shared/words.ts";

/** The slider's zooms are multiples of 1 / 20. */
const TWENTIETHS = 20;
const ARROW_STEPS: Record<string, number> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

interface Size {
  width: number;
  height: number;
}

/** `model` is the choice of the model, which decides the quality and the time. */
export function zoomSection(session: Session, commands: Commands, model: TemplateResult): TemplateResult {
  const { source, target, zoom, zoomIsValid } = session;
  /** The slider's; it has no other. */
  const valid = zoomIsValid ? zoom : MIN_ZOOM;
  return html`
    <section class="enlarge-by" aria-labelledby="zoom-title">
      <h2 id="zoom-title">Enlarge by</h2>
      <div class="zoom">
        <input
          type="range"
          aria-labelledby="zoom-title"
          aria-valuetext="${zoomText(valid)} times"
          min=${Math.log2(MIN_ZOOM)}
          max=${Math.log2(MAX_ZOOM)}
          step="0.01"
          .value=${live(String(Math.log2(valid)))}
          @input=${(event: Event) => {
            // Each step of the slider is the same factor. The zoom snaps to twentieths.
            const exponent = Number((event.target as HTMLInputElement).value);
            commands.setZoom(Math.round(2 ** exponent * TWENTIETHS) / TWENTIETHS);
          }}
          @keydown=${(event: KeyboardEvent) => {
            const step = ARROW_STEPS[event.key];
            if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
            // A step of the slider may be less than a twentieth, and would be rounded away.
            event.preventDefault();
            const next = (Math.round(valid * TWENTIETHS) + step) / TWENTIETHS;
            commands.setZoom(clamp(next, MIN_ZOOM, MAX_ZOOM));
          }}
        />
        <span class="number">
          <span aria-hidden="true">×</span>
          <input
            type="number"
            aria-label="Enlarge by a factor from ${MIN_ZOOM} to ${MAX_ZOOM}"
            data-testid="zoom"
            min=${MIN_ZOOM}
            max=${MAX_ZOOM}
            step="any"
            aria-invalid=${!zoomIsValid}
            .value=${unlessEdited(zoom ? String(Number(zoom.toFixed(4))) : "")}
            @pointerdown=${noteFocus}
            @click=${selectAll}
            @input=${(event: Event) => commands.setZoom((event.target as HTMLInputElement).valueAsNumber)}
            @keydown=${({ key }: KeyboardEvent) => {
              if (key === "Enter") enlarge(session, commands);
            }}
          />
        </span>
      </div>
      <div class="choice" role="group" aria-labelledby="zoom-title">
        ${[2, 3, 4].map(
          (factor) =>
            html`<button type="button" aria-pressed=${zoom === factor} @click=${() => commands.setZoom(factor)}>
              ×${factor}
            </button>`,
        )}
      </div>
      <p class=${source ? "about reserved" : "about"} data-testid="estimate">
        ${target && zoomIsValid ? resultText(session, target) : t("Any number from 1 to 16, such as 2.5")}
      </p>
      ${source && target ? sizeFields(session, commands, source, target) : nothing} ${model}
    </section>
  `;
}

/** Whether the field that is clicked had the focus already. */
let hadFocus = false;

function noteFocus({ currentTarget }: Event): void {
  hadFocus = currentTarget === document.activeElement;
}

/** The first click into a field selects its number: what is typed replaces it. */
function selectAll({ currentTarget }: Event): void {
  if (!hadFocus) (currentTarget as HTMLInputElement).select();
}

/** Fields for the zoom by the result's width or height. */
function sizeFields({ zoom, zoomIsValid }: Session, commands: Commands, picture: Size, target: Size): TemplateResult {
  const field = (side: "width" | "height", label: string, short: string) => html`
    <label class="number">
      <span aria-hidden="true">${short}</span>
      <input
        type="number"
        aria-label="${label} of the result in pixels"
        data-testid=${side}
        min=${MIN_ZOOM * picture[side]}
        max=${MAX_ZOOM * picture[side]}
        step="1"
        aria-invalid=${!zoomIsValid}
        .value=${unlessEdited(zoom > 0 ? String(target[side]) : "")}
        @pointerdown=${noteFocus}
        @click=${selectAll}
        @change=${(event: Event) => commands.setZoom((event.target as HTMLInputElement).valueAsNumber / picture[side])}
      />
    </label>
  `;
  return html`<div class="row sides">${field("width", t("Width"), t`W`)} ${field("height", t("Height"), t`H`)}</div>`;
}

/** The size of a result, and what it costs once that is known. */
function resultText({ estimate }: Session, target: Size): string {
  if (!estimate) return t`Result: ${sizeText(target)}`;
  // The canvas that shows the result comes on top.
  const megabytes = (estimate.bytes + 4 * estimate.width * estimate.height) / 1e6;
  const memory =
    megabytes < 1000 ? `${Math.ceil(megabytes / 10) * 10}\u00a0MB` : `${fixed(megabytes / 1000, 1)}\u00a0GB`;
  return t`Result: ${sizeText(target)}; ${estimateText(estimate.milliseconds)}, ${memory} of memory`;
}

const devices: readonly [Backend, Phrase][] = [
  ["auto", "Automatic"],
  ["cpu", "Processor (CPU)"],
  ["gpu", "Graphics card (WebGPU)"],
];

export function deviceSection({ backend, enlargesAutomatically }: Session, commands: Commands): TemplateResult {
  const content = html`
    <select
      aria-labelledby="device-title"
      data-testid="backend"
      .value=${live(backend)}
      @change=${(event: Event) => commands.setBackend((event.target as HTMLSelectElement).value as Backend)}
    >
      ${devices.map(([value, label]) => html`<option value=${value} ?selected=${value === backend}>${t(label)}</option>`)}
    </select>
    <label class="check">
      <input
        type="checkbox"
        data-testid="auto-enlarge"
        .checked=${live(enlargesAutomatically)}
        @change=${() => commands.setEnlargesAutomatically(!enlargesAutomatically)}
      />
      Enlarge automatically if it takes up to ${MAX_AUTO_ENLARGE_MS / 1000} seconds
    </label>
  `;
  return folded("device", t("Device"), backend !== "auto", content);
}

/**
 * The bar that is always in sight: the state, the next step, and `resultButtons`, which have their
 * places before there is a result.
 */
export function runSection(
  session: Session,
  commands: Commands,
  resultButtons: TemplateResult | typeof nothing,
): TemplateResult {
  const { activity, choice } = session;
  const { state, text } = activity.status;
  const working = state === "working";
  return html`
    <section class="run" aria-label="Enlarge">
      ${
        working
          ? html`<progress data-testid="progress" aria-label="Progress" max="1" .value=${activity.progress}></progress>`
          : nothing
      }
      <p class="status" role="status" data-testid="status" data-state=${state}>${text}</p>
      ${choice.untrained && choice.trained ? trainedButton(choice.trained.name, commands) : nothing}
      <div class="row">
        ${session.picture ? nothing : openButtons()}
        ${working ? cancelButton(session, commands) : runButton(session, commands)} ${resultButtons}
      </div>
    </section>
  `;
}

function runButton(session: Session, commands: Commands): TemplateResult {
  return html`
    <button
      type="button"
      class=${session.resultIsCurrent ? "" : "primary"}
      data-testid="run"
      ?hidden=${!session.picture}
      ?disabled=${!canEnlarge(session)}
      aria-disabled=${session.activity.isBusy}
      @click=${() => enlarge(session, commands)}
    >
      Enlarge
    </button>
  `;
}

/** In the place of Enlarge while the page works. */
function cancelButton({ activity }: Session, commands: Commands): TemplateResult {
  return html`
    <button
      type="button"
      data-testid="cancel"
      @keydown=${(event: KeyboardEvent) => {
        // A key that is held down on Enlarge comes here.
        if (event.repeat) event.preventDefault();
      }}
      @click=${({ detail }: MouseEvent) => {
        // The second click of a double click on Enlarge comes here, too.
        if (detail < 2 || !activity.isNew) commands.cancel();
      }}
    >
      Cancel
    </button>
  `;
}

const press = (id: string) => () => document.getElementById(id)?.click();

/** The second one is for a phone, where the panel may be out of sight. */
const openButtons = () => html`
  <button type="button" class="primary" data-testid="open" @click=${press("file")}>Open a picture</button>
  <button type="button" class="with-camera" @click=${press("camera")}>Take a photo</button>
`;

const canEnlarge = ({ picture, zoomIsValid, choice }: Session) => picture && zoomIsValid && choice.isTrained;

function enlarge(session: Session, commands: Commands): void {
  if (canEnlarge(session) && !session.activity.isBusy) void commands.run();
}

/** Stands by the reason why nothing can be enlarged, and removes it. */
function trainedButton(name: string, commands: Commands): TemplateResult {
  return html`
    <button type="button" class="wide" data-testid="use-trained" @click=${() => commands.useTrained()}>
      Use ${modelLabel(name)} instead
    </button>
  `;
}

/** The engine speaks English. */
const byEngine = (text: string) => html`<span lang="en">${text}</span>`;

export function reportSection({ upscaled, model }: Result): TemplateResult {
  const { report } = upscaled;
  const rows: [string, string | TemplateResult][] = [
    [t("Size"), sizeText(upscaled)],
    [t("Time"), timeText(report.milliseconds)],
    // A file that was loaded may have another name here than in its metadata.
    [t("Model"), model === report.model ? model : t`${model} (called ${report.model} in its file)`],
    [t("Device"), `${report.backend.toUpperCase()} (${report.adapter})`],
    [t("Reason"), byEngine(report.reason)],
    [t("Tiles"), String(report.tiles)],
    ...(report.schedule ? [[t("Schedule"), scheduleText(report.schedule)] as [string, string]] : []),
    ...report.notes.map((note): [string, TemplateResult] => [t("Note"), byEngine(note)]),
    [t("Model SHA-256"), html`<code>${report.modelSha256}</code>`],
    [t("Output SHA-256"), html`<code>${report.outputSha256}</code>`],
  ];
  const content = html`
    <dl data-testid="report">
      ${rows.map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  `;
  return folded("report", t("Report"), false, content);
}
