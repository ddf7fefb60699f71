import { nothing, type TemplateResult } from "lit-html";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import type { Verification } from "./verification.ts";
import { html } from "../shared/html.ts";
import { unlessOff } from "../shared/unless-off.ts";
import { t } from "../shared/words.ts";

export function verifyTemplate(
  { activity, backend, foundHashes, resultIsCurrent }: Session,
  { verdict }: Verification,
  commands: Commands,
): TemplateResult {
  const onGpu = backend === "gpu";
  // Once it is done the button stays, so that the keyboard's focus does.
  const isOff = activity.isBusy || foundHashes !== undefined;
  return html`
    <button
      type="button"
      class="wide"
      data-testid="verify"
      title=${
        onGpu
          ? t(
              "Only the CPU gives the same result on every machine, bit for bit. Set the device to Processor (CPU) or Automatic.",
            )
          : nothing
      }
      ?disabled=${onGpu || !resultIsCurrent}
      aria-disabled=${isOff}
      @click=${unlessOff(isOff, () => commands.verify())}
    >
      Verify the result
    </button>
    ${verdict ? html`<p class="about" data-testid="verdict">${verdict}</p>` : about()}
  `;
}

function about(): TemplateResult {
  return html`<p class="about">
    For those who need proof: enlarges again by a slower method that gives the same result on every device, and puts its
    check value (SHA-256) into the link. Whoever opens the link can compare.
  </p>`;
}
