/** The address of what the page shows, to share it. */
import type { App } from "./app.ts";
import { ORIGINAL } from "./compare.ts";
import { formatLink } from "./link.ts";
import { packPicture } from "./packed.ts";
import type { LoadedPicture } from "./picture.ts";
import type { Stage } from "./stage.ts";

export class Share {
  readonly #app: App;
  readonly #stage: Stage;
  /** A picture of the visitor's that the link holds, as text. */
  #packed: { source: LoadedPicture; text: string } | undefined;

  constructor(app: App, stage: Stage) {
    this.#app = app;
    this.#stage = stage;
  }

  get link(): string {
    return location.href.replace(/#.*$/, "") + this.#fragment();
  }

  /** Whether the link holds what is enlarged. */
  get holdsPicture(): boolean {
    return this.#app.picture?.demo !== undefined || this.#packed?.source === this.#app.source;
  }

  /** From now on the link holds the picture, as this text. */
  hold(source: LoadedPicture, text: string): void {
    this.#packed = { source, text };
  }

  /** Puts what is enlarged, which must be small, into the link. */
  async pack(source: LoadedPicture): Promise<void> {
    this.hold(source, await packPicture(source.imageData));
  }

  #fragment(): string {
    const { model, zoom, picture, choice, part, comparison, verification } = this.#app;
    const { network } = choice;
    const backend = this.#app.backend === "auto" ? undefined : this.#app.backend;
    const packed = picture?.demo === undefined && this.holdsPicture ? this.#packed?.text : undefined;
    // Of one's own picture the link holds what is enlarged, and that alone.
    const view = picture?.demo ? this.#stage.view : undefined;
    const { linked: rivals, shown, showsDifference } = comparison;
    const compared = { rivals, difference: showsDifference && shown !== ORIGINAL };
    const region = picture?.demo ? part?.area : undefined;
    // The hash is of what the link leads to, and not of a result of other settings.
    const sums = this.holdsPicture && this.#app.resultIsCurrent ? verification.found : undefined;
    return formatLink({ demo: picture?.demo, packed, model, network, zoom, backend, view, sums, region, ...compared });
  }
}
