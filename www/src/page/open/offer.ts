/**
 * Asks the visitor before the page loads a picture from another site, and says so if a link has no
 * picture.
 */
import { nothing, type TemplateResult } from "lit-html";
import type { Session } from "../session/session.ts";
import type { Opener } from "./opener.ts";
import { html } from "../shared/html.ts";
import { unlessOff } from "../shared/unless-off.ts";

export function offerTemplate({ activity }: Session, opener: Opener): TemplateResult | typeof nothing {
  const { offer, lacksPicture } = opener;
  if (!offer)
    return lacksPicture
      ? html`<p class="offer" data-testid="lacks-picture">
          This link holds settings, but not the picture. Open a picture to enlarge it the same way.
        </p>`
      : nothing;
  return html`
    <div class="offer" data-testid="offer">
      ${
        offer.link
          ? html`<p>The link's picture is at <b>${offer.url.host}</b>.</p>`
          : html`<p>The picture is at <b>${offer.url.host}</b>.</p>`
      }
      <button
        type="button"
        class="primary wide"
        data-testid="load-elsewhere"
        aria-disabled=${activity.isBusy}
        @click=${unlessOff(activity.isBusy, () => opener.acceptOffer())}
      >
        Load the picture
      </button>
      <p class="about">
        That site will see the request. It has not been contacted yet, and your results stay on this device.
      </p>
    </div>
  `;
}
