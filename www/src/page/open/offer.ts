/** Asks the visitor before the page loads a picture from another site. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Session } from "../session/session.ts";
import type { Opener } from "./opener.ts";

export function offerTemplate({ activity }: Session, opener: Opener): TemplateResult | typeof nothing {
  const { offer } = opener;
  if (!offer) return nothing;
  return html`
    <div class="offer" data-testid="offer">
      <p>${offer.link ? "The link's picture" : "That picture"} is at <b>${offer.url.host}</b>.</p>
      <button
        type="button"
        class="primary wide"
        data-testid="load-elsewhere"
        ?disabled=${activity.isBusy}
        @click=${() => void opener.acceptOffer()}
      >
        Load it from there
      </button>
      <p class="about">
        That site then sees that somebody loads it. Nothing was asked of it yet, and what you make of the picture stays
        here.
      </p>
    </div>
  `;
}
