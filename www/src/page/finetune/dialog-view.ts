/** The content of the fine-tuning dialog. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { TuneInfo } from "../../module/core.ts";
import { differenceText } from "../session/hyper-parameters.ts";
import { MAX_NAME_LENGTH } from "../session/own-models.ts";
import { outcome } from "./outcome.ts";
import { picturesTemplate } from "./pictures.ts";
import { plot } from "./plots.ts";
import type { FineTuning } from "./fine-tuning.ts";
import type { Run } from "./run.ts";
import { presets, settingsTemplate } from "./settings.ts";
import { html } from "../shared/html.ts";
import { modelLabel } from "../shared/model-names.ts";
import { fixed, type Phrase, plural, t, whole } from "../shared/words.ts";

/** `close` closes the dialog. */
export function dialogTemplate(tuning: FineTuning, close: () => void): TemplateResult {
  const { run } = tuning;
  const title = run ? html`Fine-tuning <em>${run.name}</em>` : t("Fine-tune on your pictures");
  return html`
    <header>
      <h2 id="tune-title" tabindex="-1">${title}</h2>
      <button type="button" class="close" aria-label="Close" data-testid="finetune-close" @click=${close}>×</button>
    </header>
    ${
      run
        ? html`<div class="body" role="group" aria-label="Progress" tabindex="0">${runTemplate(tuning, run)}</div>`
        : html`<div class="body">${setupTemplate(tuning)}</div>`
    }
    <footer>
      <p class="status" role="status" data-testid="finetune-status" data-state=${stateName(tuning)}>
        ${statusText(tuning)}
      </p>
      <div class="actions">${run ? runActions(tuning, run) : setupActions(tuning)}</div>
    </footer>
  `;
}

function stateName({ error, confirms, phase }: FineTuning): string {
  return error ? "error" : confirms ? "asking" : phase;
}

function setupTemplate(tuning: FineTuning): TemplateResult {
  const { settings, start, network, pictures, nameTrouble } = tuning;
  const from = modelLabel(start?.name ?? "");
  return html`
    ${
      network
        ? html`<p class="lead" data-testid="finetune-network">
              Trains the network you chose: ${differenceText(network, start)}. It takes over the weights that fit from
              <b>${from}</b> and learns the rest from that model and your pictures, which stay on this device.
            </p>
            <p class="remark">
              A few minutes of training cannot match a model that was trained for hours. The curve shows how close it
              gets.
            </p>`
        : html`<p class="lead">
            Makes <b>${from}</b> better at pictures like yours. Training runs on this device, and your pictures stay on
            it.
          </p>`
    }
    <section aria-labelledby="tune-pictures-title">
      <h3 id="tune-pictures-title">Pictures</h3>
      ${picturesTemplate(pictures, tuning.minSide)}
    </section>
    <fieldset>
      <legend>Training length</legend>
      <div class="presets">
        ${presets.map(
          ({ label, steps, about }) => html`
            <label>
              <input
                type="radio"
                name="tune-preset"
                .checked=${live(settings.steps === steps)}
                @change=${() => tuning.setSettings({ ...settings, steps })}
              />
              <b>${t(label)}</b>
              <span>${whole(steps)} steps, ${t(about)}</span>
            </label>
          `,
        )}
      </div>
    </fieldset>
    <div class="name">
      <label for="tune-name">Name of the new model</label>
      <input
        id="tune-name"
        type="text"
        class="field"
        data-testid="finetune-name"
        maxlength=${MAX_NAME_LENGTH}
        spellcheck="false"
        autocomplete="off"
        aria-invalid=${nameTrouble !== ""}
        aria-describedby="tune-name-trouble"
        .value=${live(tuning.name)}
        @input=${(event: Event) => tuning.setName((event.target as HTMLInputElement).value)}
      />
      <p class="wrong" id="tune-name-trouble">${nameTrouble}</p>
    </div>
    <details>
      <summary>Settings</summary>
      ${settingsTemplate(settings, start, network !== undefined, (changed) => tuning.setSettings(changed))}
    </details>
  `;
}

function setupActions(tuning: FineTuning): TemplateResult {
  return html`
    <p class="about" data-testid="finetune-time">${tuning.forecast}</p>
    <button type="button" class="primary" data-testid="finetune-start" @click=${() => void tuning.begin()}>
      Start fine-tuning
    </button>
  `;
}

function runTemplate(tuning: FineTuning, run: Run): TemplateResult {
  const info = run.tuning?.info;
  return html`
    <progress
      aria-label="Training progress"
      max="1"
      .value=${tuning.fraction}
      data-testid="finetune-progress"
    ></progress>
    <p class="numbers" data-testid="finetune-step">${numbersText(tuning, run)}</p>
    <div class="panes">
      <div>${lossFigure(run)} ${info ? psnrFigure(run, info) : nothing}</div>
      ${info ? cropsTemplate(run) : nothing}
    </div>
    ${info ? html`<p class="about" data-testid="finetune-facts">${runInfoText(run, info)}</p>` : nothing}
    ${run.trouble ? html`<p class="remark wrong" role="alert" data-testid="finetune-trouble">${run.trouble}</p>` : nothing}
    ${
      run.isSaved && !run.trouble
        ? html`<p class="about" role="status">
            The best version so far is saved as ${run.name} in the list of models.
          </p>`
        : nothing
    }
  `;
}

function numbersText(
  tuning: FineTuning,
  { step, settings, stepsPerSecond, tuning: begun, checkpointStep }: Run,
): string {
  if (!begun) return "";
  const speed =
    stepsPerSecond >= 1
      ? t`${fixed(stepsPerSecond, 1)} steps per second`
      : t`${fixed(1 / stepsPerSecond, 1)} s per step`;
  const parts = [t`Step ${whole(step)} of ${whole(settings.steps)}`];
  if (tuning.phase === "running" && stepsPerSecond > 0) parts.push(speed + tuning.timeLeft);
  // A finished run needs no checkpoint, and its best step is another number.
  if (checkpointStep !== undefined && tuning.phase !== "done")
    parts.push(t`checkpoint at step ${whole(checkpointStep)}`);
  return parts.join("; ");
}

function lossFigure({ losses, settings }: Run): TemplateResult {
  const { last } = losses;
  const latest = last === undefined ? t("none yet") : fixed(last, 4);
  return html`
    <figure data-testid="finetune-loss">
      <figcaption><b>Loss</b> <span>${latest}</span></figcaption>
      ${plot({
        points: losses.points,
        isNoisy: true,
        levels: [],
        steps: settings.steps,
        digits: 2,
        label: t`Training loss by step, latest ${latest}`,
      })}
    </figure>
  `;
}

function psnrFigure(
  { scores, score, settings }: Run,
  { start, startPsnrY, firstPsnrY, bicubicPsnrY }: TuneInfo,
): TemplateResult {
  const last = scores.at(-1)?.[1] ?? firstPsnrY;
  const best = score?.best;
  const from = modelLabel(start.name);
  return html`
    <figure data-testid="finetune-psnr">
      <figcaption><b>PSNR</b> <span>${fixed(last, 2)} dB</span> <small>validation</small></figcaption>
      ${plot({
        points: scores,
        isNoisy: false,
        levels: [
          { value: startPsnrY, label: from, mark: "start" },
          { value: bicubicPsnrY, label: t("bicubic"), mark: "bicubic" },
        ],
        best: best && [best.step, best.psnrY],
        steps: settings.steps,
        digits: 1,
        label: t`Validation PSNR by step: now ${fixed(last, 2)} dB, ${from} ${fixed(startPsnrY, 2)} dB, bicubic ${fixed(bicubicPsnrY, 2)} dB`,
      })}
    </figure>
  `;
}

const crops: readonly (readonly [string, Phrase])[] = [
  ["original", "Original"],
  ["bicubic", "Bicubic"],
  ["before", "Before"],
  ["after", "Now"],
];

function cropsTemplate({ from, score }: Run): TemplateResult {
  return html`
    <div class="crops">
      ${crops.map(
        ([crop, label]) => html`
          <figure>
            <canvas
              data-testid="finetune-${crop}"
              data-crop=${crop}
              role="img"
              aria-label="Detail of a validation picture: ${t(label)}"
            ></canvas>
            <figcaption>
              ${t(label)}
              ${crop === "before" ? html`<small>${modelLabel(from)}</small>` : nothing}${
                crop === "after" && score ? html`<small>step ${score.step}</small>` : nothing
              }
            </figcaption>
          </figure>
        `,
      )}
    </div>
  `;
}

const painted = new WeakMap<HTMLCanvasElement, ImageData>();

/** Paints the crops of the held-out picture that have changed. */
export function paintCrops(dialog: HTMLElement, { run }: FineTuning): void {
  const info = run?.tuning?.info;
  if (!info) return;
  const { original, bicubic, before } = info;
  const pixels: Record<string, ImageData> = { original, bicubic, before, after: run.score?.after ?? before };
  for (const canvas of dialog.querySelectorAll<HTMLCanvasElement>("canvas[data-crop]")) {
    const picture = pixels[canvas.dataset["crop"] ?? ""];
    if (!picture || painted.get(canvas) === picture) continue;
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d")?.putImageData(picture, 0, 0);
    painted.set(canvas, picture);
  }
}

function runInfoText({ pictures }: Run, info: TuneInfo): string {
  const { heldOut, heldOutPictures: count, enough, backend, adapter, reason } = info;
  const all = pictures.length;
  const sentences = [
    heldOut === "pictures"
      ? plural(
          count,
          "For validation, {0} of the {1} pictures is held out of training.",
          "For validation, {0} of the {1} pictures are held out of training.",
          count,
          all,
        )
      : partText(count, all),
    enough ? "" : t("That is too little for a reliable score. More pictures would help."),
    t`Training runs on the ${backend.toUpperCase()} (${adapter}: ${reason}).`,
  ];
  return sentences.filter(Boolean).join(" ");
}

function partText(count: number, all: number): string {
  if (all === 1) return t("For validation, part of the picture is held out of training.");
  if (count === all) return t("For validation, part of each picture is held out of training.");
  return t`For validation, part of ${count} of the ${all} pictures is held out of training.`;
}

function runActions(tuning: FineTuning, run: Run): TemplateResult {
  const { phase, confirms } = tuning;
  if (confirms) {
    return html`
      <button type="button" data-testid="finetune-keep" @click=${() => tuning.confirmDiscard(false)}>Keep</button>
      <button type="button" class="danger" data-testid="finetune-undo-sure" @click=${() => void tuning.discard()}>
        Discard
      </button>
    `;
  }
  if (phase === "starting") {
    return html`<button type="button" data-testid="finetune-stop" @click=${() => tuning.stop()}>Cancel</button>`;
  }
  const undo = html`
    <button
      type="button"
      data-testid="finetune-undo"
      title="Discard ${run.name} and go back to ${modelLabel(run.before)}"
      @click=${() => tuning.confirmDiscard(true)}
    >
      Discard
    </button>
  `;
  const isDone = phase === "done";
  const canPause = phase === "running" || phase === "pausing";
  // A button that is pressed keeps the focus: none is disabled, and `tuning` ignores wrong clicks.
  return html`
    ${undo}
    ${
      isDone || run.trouble
        ? html`<button type="button" data-testid="finetune-download" @click=${() => void tuning.download()}>
            Download model
          </button>`
        : nothing
    }
    ${
      isDone
        ? nothing
        : html`
            ${
              canPause
                ? html`<button
                    type="button"
                    data-testid="finetune-pause"
                    aria-disabled=${phase === "pausing"}
                    @click=${() => void tuning.pause()}
                  >
                    Pause
                  </button>`
                : html`<button
                    type="button"
                    data-testid="finetune-continue"
                    aria-disabled=${phase !== "paused"}
                    @click=${() => tuning.resume()}
                  >
                    Resume
                  </button>`
            }
            <button
              type="button"
              data-testid="finetune-stop"
              title="End the training and keep the best version so far"
              aria-disabled=${phase === "stopping"}
              @click=${() => tuning.stop()}
            >
              Finish now
            </button>
          `
    }
    <button
      type="button"
      class=${isDone ? "primary" : ""}
      data-testid="finetune-save"
      title=${isDone ? "" : t("Add the best version so far to the list of models")}
      aria-disabled=${phase === "stopping" || tuning.isSaving}
      @click=${() => void tuning.save()}
    >
      ${isDone ? t("Save model") : phase === "running" ? t("Save and keep training") : t("Save the best so far")}
    </button>
  `;
}

/** Announced by screen readers. */
function statusText({ phase, run, error, confirms }: FineTuning): string {
  if (!run) return error;
  if (confirms)
    return t`Discard ${run.name}? Its training will be lost, and the page will use ${modelLabel(run.before)} again.`;
  switch (phase) {
    case "starting":
      return t`Reading the pictures and scoring ${modelLabel(run.from)}…`;
    case "pausing":
      return t("Pausing after the current step…");
    case "paused":
      return t("Paused. You can resume at any time, even on another day.");
    case "stopping":
      return t("Finishing after the current step…");
    case "done":
      return run.tuning && run.result ? outcome(run.tuning, run.result) : "";
    default:
      return run.score?.stalled
        ? t("The score has stopped improving. You can finish now; the best version is kept.")
        : t("Training. You can close this dialog and keep using the page.");
  }
}
