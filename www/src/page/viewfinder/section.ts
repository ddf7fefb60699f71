/** The button that opens the viewfinder. */
import type { TemplateResult } from "lit-html";
import type { ViewfinderLauncher } from "./launcher.ts";
import { html } from "../shared/html.ts";

export function cameraButton(launcher: ViewfinderLauncher, isReady: boolean): TemplateResult {
  return html`
    <button
      type="button"
      data-testid="camera"
      aria-haspopup="dialog"
      title="Zoom in live on a camera, a video, a tab or the screen"
      ?disabled=${!isReady}
      @click=${() => void launcher.open()}
    >
      Live zoom
    </button>
  `;
}
