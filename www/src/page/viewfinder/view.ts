/** The content of the viewfinder's dialog. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { html } from "../shared/html.ts";
import { filesOf } from "../shared/incoming.ts";
import { modelLabel } from "../shared/model-names.ts";
import { sizeText, timeText } from "../shared/text.ts";
import { FRAMES_A_SECOND, type Pace } from "./pace.ts";
import { sharesScreens } from "./source.ts";
import { scales } from "./lens.ts";
import type { Viewfinder } from "./viewfinder.ts";
import { type Phrase, plural, t } from "../shared/words.ts";

/** `close` closes the dialog. */
export function dialogTemplate(viewfinder: Viewfinder, close: () => void): TemplateResult {
  const { state, trouble } = viewfinder;
  const { scale, keepsPace, shape } = viewfinder.lens;
  const isPortrait = shape.height > shape.width;
  return html`
    <header>
      <h2 id="viewfinder-title" tabindex="-1">Live zoom</h2>
      <button type="button" class="close" aria-label="Close" data-testid="viewfinder-close" @click=${close}>×</button>
    </header>
    <div class="body">
      <div class="controls">
        ${sourceButtons(viewfinder)}
        <div class="choice" role="group" aria-label="Zoom">
          ${scales.map(
            (one) => html`
              <button
                type="button"
                data-testid="viewfinder-x${one}"
                aria-pressed=${one === scale}
                @click=${() => viewfinder.setScale(one)}
              >
                ×${one}
              </button>
            `,
          )}
        </div>
      </div>
      <div class="views" data-shape=${isPortrait ? "portrait" : "landscape"}>
        <figure class="overview">
          <div class="picture" data-testid="viewfinder-overview">
            ${viewfinder.video} ${viewfinder.still}
            <div
              class="part"
              role="application"
              tabindex="0"
              aria-label="Part to zoom into. Arrow keys move it, plus and minus zoom."
              data-testid="viewfinder-part"
            ></div>
          </div>
          <figcaption>${overviewText(viewfinder)}</figcaption>
        </figure>
        <figure>
          <div class="picture">${viewfinder.digital}</div>
          <figcaption>Digital zoom</figcaption>
        </figure>
        <figure>
          <div class="picture">${viewfinder.result}</div>
          <figcaption>SplitSR ×${scale}</figcaption>
        </figure>
      </div>
      <div class="info">
        <p class="numbers" data-testid="viewfinder-numbers"></p>
        <label class="check">
          <input
            type="checkbox"
            data-testid="viewfinder-pace"
            .checked=${live(keepsPace)}
            @change=${() => viewfinder.setKeepsPace(!keepsPace)}
          />
          Keep ${FRAMES_A_SECOND} frames a second
        </label>
      </div>
    </div>
    <footer>
      <p class="status" role="status" data-testid="viewfinder-status" data-state=${trouble ? "error" : state}>
        ${statusText(viewfinder)}
      </p>
      <div class="actions">${actions(viewfinder)}</div>
    </footer>
  `;
}

function sourceButtons(viewfinder: Viewfinder): TemplateResult {
  const { kind, cameras, device, state } = viewfinder;
  const isOn = (one: string) => kind === one && state !== "stopped";
  const openFile = (event: Event) => {
    const [file] = filesOf(event);
    if (file) void viewfinder.startFile(file);
  };
  return html`
    <div class="choice" role="group" aria-label="Source">
      <button
        type="button"
        data-testid="viewfinder-camera"
        aria-pressed=${isOn("camera")}
        @click=${() => void viewfinder.start("camera")}
      >
        Camera
      </button>
      <input
        id="viewfinder-file"
        class="unseen"
        type="file"
        accept="video/*"
        data-testid="viewfinder-file"
        @change=${openFile}
      />
      <label class="button" for="viewfinder-file" data-pressed=${isOn("file")}>Video</label>
      ${
        sharesScreens()
          ? html`<button
              type="button"
              data-testid="viewfinder-screen"
              title="A tab, a window or the whole screen"
              aria-pressed=${isOn("screen")}
              @click=${() => void viewfinder.start("screen")}
            >
              Screen
            </button>`
          : nothing
      }
    </div>
    ${
      kind === "camera" && cameras.length > 1
        ? html`<select
            aria-label="Which camera"
            data-testid="viewfinder-device"
            .value=${live(device ?? "")}
            @change=${({ target }: Event) => void viewfinder.start("camera", (target as HTMLSelectElement).value)}
          >
            ${cameras.map(({ id, name }) => html`<option value=${id} ?selected=${id === device}>${name}</option>`)}
          </select>`
        : nothing
    }
  `;
}

function actions(viewfinder: Viewfinder): TemplateResult {
  const { state, shown } = viewfinder;
  const isFrozen = state === "frozen";
  const isOff = state !== "live" && !isFrozen;
  return html`
    <button
      type="button"
      data-testid="viewfinder-freeze"
      ?disabled=${isOff}
      @click=${() => (isFrozen ? void viewfinder.unfreeze() : viewfinder.freeze())}
    >
      ${isFrozen ? t("Resume") : t("Freeze")}
    </button>
    <button
      type="button"
      data-testid="viewfinder-save"
      title="Save the enlarged part as a PNG, as it looks now"
      ?disabled=${!shown}
      @click=${() => void viewfinder.save()}
    >
      Save
    </button>
    <button
      type="button"
      class="primary"
      data-testid="viewfinder-enlarge"
      title="Open this part in the main page to enlarge it with the model chosen there"
      ?disabled=${isOff}
      @click=${() => void viewfinder.enlarge()}
    >
      Enlarge<span class="long">&nbsp;with the full network</span>
    </button>
  `;
}

function overviewText({ kind, frame }: Viewfinder): string {
  const name = { camera: t("Camera"), file: t("Video"), screen: t("Shared picture") }[kind];
  return frame ? `${name}, ${sizeText(frame)}` : name;
}

/** Announced by screen readers, so it does not change with each frame. */
function statusText({ state, kind, trouble, note }: Viewfinder): TemplateResult | string {
  if (trouble) return trouble;
  switch (state) {
    case "starting":
      return kind === "file"
        ? t("Opening the video…")
        : t("Waiting for the picture. The browser may ask you to allow it.");
    case "paused":
      return t("Paused while this page is hidden.");
    case "frozen":
      return t("Frozen. You can still move the part or make it larger.");
    case "stopped":
      return "";
    case "live":
      return (
        note || html`Drag the rectangle. Zoom with <span class="with-mouse">the wheel, + and −, or </span>two fingers.`
      );
  }
}

/** How fast it is, and what runs. */
export function numbersText({ state, kind, shown, stats, lens }: Viewfinder): string {
  if (!shown) return state === "live" ? t("Starting the engine…") : "";
  const { part, scale, model, report } = shown;
  const { rate, delay } = stats;
  const size = t`${part.width} × ${part.height} → ${part.width * scale} × ${part.height * scale} pixels`;
  const { workers } = report;
  const device =
    report.backend === "gpu"
      ? t("graphics card")
      : plural(workers, "processor, {0} worker", "processor, {0} workers", workers);
  const what = `${size}, ${modelLabel(model)}, ${device}.`;
  if (state !== "live" || rate === undefined || delay === undefined) return what;
  const speed = t`${Math.round(rate)} frames a second with a delay of ${timeText(delay)}.`;
  const limit = stats.showsAll && rate < FRAMES_A_SECOND - 1 ? t(noMore[kind]) : lens.keepsPace && limitText(lens.pace);
  return [speed, what, limit].filter(Boolean).join(" ");
}

const noMore: Record<Viewfinder["kind"], Phrase> = {
  camera: "The camera itself is no faster.",
  file: "The video itself is no faster.",
  screen: "The screen itself is no faster.",
};

function limitText({ isTooSlow, isLimited }: Pace): string {
  if (isTooSlow) return t`This device cannot reach ${FRAMES_A_SECOND} frames a second, even with the smallest part.`;
  return isLimited ? t("A larger part would be slower.") : "";
}
