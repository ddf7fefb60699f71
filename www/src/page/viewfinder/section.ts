/** The button that opens the viewfinder. */
import { html, type TemplateResult } from "lit-html";
import type { ViewfinderLauncher } from "./launcher.ts";

export function cameraButton(launcher: ViewfinderLauncher, isReady: boolean): TemplateResult {
  return html`
    <button
      type="button"
      data-testid="viewfinder-open"
      aria-haspopup="dialog"
      title="Zoom live into a camera, a video, a tab or the screen"
      ?disabled=${!isReady}
      @click=${() => void launcher.open()}
    >
      Camera
    </button>
  `;
}
