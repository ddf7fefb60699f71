/** Pictures on other sites. Nothing is asked of such a site before the visitor says so, since it learns of that. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "./app.ts";

/** Longer ones make no link that is carried everywhere. */
const MOST_CHARACTERS = 2000;

/** An address that a picture may be loaded from; undefined for anything else. */
export function readAddress(text: string): URL | undefined {
  if (text.length > MOST_CHARACTERS || /\s/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Browsers ask nothing of addresses with a password in them.
  const isPlain = /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  return isPlain ? url : undefined;
}

/** A name for the picture, as a file's without its ending. */
export function nameIn({ pathname }: URL): string {
  const last = pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Asks before another site is asked. */
export function offerTemplate(app: App): TemplateResult | typeof nothing {
  const { offer } = app.arrival;
  if (!offer) return nothing;
  return html`
    <div class="offer" data-testid="offer">
      <p>${offer.link ? "The link's picture" : "That picture"} is at <b>${offer.url.host}</b>.</p>
      <button
        type="button"
        class="primary wide"
        data-testid="load-elsewhere"
        ?disabled=${app.activity.isBusy}
        @click=${() => void app.arrival.accept()}
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
