import { html, nothing, type TemplateResult } from "lit-html";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import type { Verification } from "./verification.ts";

export function verifyTemplate(
  { activity, backend, foundHashes, resultIsCurrent }: Session,
  { verdict }: Verification,
  commands: Commands,
): TemplateResult {
  const onGpu = backend === "gpu";
  return html`
    ${
      foundHashes
        ? nothing
        : html`<button
            type="button"
            class="wide"
            data-testid="verify"
            title=${
              onGpu
                ? "Only the processor gives the same bits on every machine: choose it, or Automatic, as the device"
                : "Enlarges again, slower, in the way that gives the same bits on every machine"
            }
            ?disabled=${activity.isBusy || onGpu || !resultIsCurrent}
            @click=${() => void commands.verify()}
          >
            Verify
          </button>`
    }
    ${verdict ? html`<p class="about" data-testid="verdict">${verdict}</p>` : nothing}
  `;
}
