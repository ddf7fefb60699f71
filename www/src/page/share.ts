/** The address of what the page shows, to share it. */
import { html, type TemplateResult } from "lit-html";
import type { Area, Upscaler } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { formatLink, type LinkState, type View } from "./link.ts";
import { configOf } from "./network.ts";
import { packPicture } from "./packed.ts";
import type { LoadedPicture } from "./picture.ts";
import { ORIGINAL } from "./rivals.ts";
import type { Stage } from "./stage.ts";

export class Share {
  readonly #app: App;
  readonly #stage: Stage;
  /** A picture of the visitor's that the link holds, as text: all of it, or the part that was enlarged. */
  #packed: { source: LoadedPicture; text: string } | undefined;

  constructor(app: App, stage: Stage) {
    this.#app = app;
    this.#stage = stage;
  }

  get link(): string {
    return location.href.replace(/#.*$/, "") + this.#fragment();
  }

  /** Whether the link leads to what is enlarged. */
  get holdsPicture(): boolean {
    return !this.#app.arrival.waiting && this.#place() !== undefined;
  }

  /** From now on the link holds the picture, as this text. */
  hold(source: LoadedPicture, text: string): void {
    this.#packed = { source, text };
  }

  /** Puts what is enlarged, which must be small, into the link. */
  async pack(source: LoadedPicture, upscaler: Upscaler): Promise<void> {
    this.hold(source, await packPicture(await upscaler.encode(source)));
  }

  /** Where the picture is, and what of it is seen and enlarged. A picture that stays with the visitor has no place. */
  #place(): Pick<LinkState, "demo" | "address" | "packed" | "region" | "view"> | undefined {
    const { picture, part, arrival } = this.#app;
    if (arrival.waiting) {
      // Until its picture is open, the address leads on to it: who reloads the page may have more luck.
      const { demo, packed, address, region, view } = arrival.waiting.link;
      return { demo, packed, address, region, view };
    }
    if (!picture) return undefined;
    const { demo, address } = picture;
    const { view } = this.#stage;
    const seen = { region: part?.area, view };
    if (demo !== undefined) return { demo, ...seen };
    if (address !== undefined) return { address, ...seen };
    const packed = this.#packed?.text;
    if (this.#packed?.source === picture) return { packed, ...seen };
    // Then the part is the whole picture of the link.
    if (part && this.#packed?.source === part) return { packed, view: view && viewOfPart(view, picture, part.area) };
    return undefined;
  }

  #fragment(): string {
    const { model, zoom, choice, comparison, verification, format, quality, truth } = this.#app;
    const backend = this.#app.backend === "auto" ? undefined : this.#app.backend;
    const { linked: rivals, shown, showsDifference } = comparison;
    const compared = { rivals, difference: showsDifference && shown !== ORIGINAL };
    const settings = { model, network: choice.network, zoom, backend, ...compared };
    const also = { format, quality, truthScale: truth.scale, toggles: this.#stage.toggles };
    const own = configOf(choice.entry);
    // The hash is of what the link leads to, and not of a result of other settings.
    const found = this.holdsPicture && this.#app.resultIsCurrent ? verification.found : undefined;
    const { waiting, settings: now } = this.#app.arrival;
    const sums = waiting
      ? waiting.settings === now
        ? waiting.link.sums
        : undefined
      : (verification.expected ?? found);
    return formatLink({ ...this.#place(), ...settings, ...also, sums }, own);
  }
}

/** The same view where the part is the whole picture. */
function viewOfPart(view: View, picture: { width: number; height: number }, area: Area): View {
  const inside = (fraction: number) => Math.min(1, Math.max(0, fraction));
  return {
    ...view,
    x: inside((view.x * picture.width - area.left) / area.width),
    y: inside((view.y * picture.height - area.top) / area.height),
  };
}

/** What the link does, below it. */
export function linkNote(app: App): TemplateResult {
  const { share, picture, part, arrival } = app;
  if (arrival.waiting) {
    const { address } = arrival.waiting.link;
    const where = address === undefined ? "a picture" : `the picture at ${new URL(address).host}`;
    return html`<p class="about">The link leads to ${where}, which is not loaded.</p>`;
  }
  if (!share.holdsPicture) {
    return html`
      <p class="about">The link holds the model and the zoom; your picture stays with you.</p>
      <button
        type="button"
        class="wide"
        data-testid="pack"
        title="For a small picture, or a small part of one"
        @click=${() => void app.putIntoLink()}
      >
        Put the ${part ? "part" : "picture"} into the link
      </button>
    `;
  }
  if (picture?.address !== undefined) {
    const { host } = new URL(picture.address);
    return html`<p class="about">
      The link names where the picture is, at ${host}. Who opens it is asked before it is loaded from there.
    </p>`;
  }
  return html`<p class="about">
    The link opens this picture, enlarged the same
    way${picture?.demo === undefined ? `; it takes ${Math.ceil(share.link.length / 1000)} KB` : ""}.
  </p>`;
}
