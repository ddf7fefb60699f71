/** The address of what the page shows, to share it. */
import type { Area, Upscaler } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import { configOf } from "../session/hyper-parameters.ts";
import type { LinkedView, LinkState, View } from "../session/link-state.ts";
import type { LoadedPicture } from "../session/picture.ts";
import type { Session } from "../session/session.ts";
import { clamp } from "../shared/clamp.ts";
import { ORIGINAL } from "../shared/baselines.ts";
import { formatLink } from "./codec.ts";
import { copyText } from "./copy-text.ts";
import type { Packed } from "./pack.ts";
import { needed } from "../shared/text.ts";

/** Parts with more pixels are packed on request alone: that takes long. */
const MAX_PIXELS = 1_000_000;

/**
 * Milliseconds without a change until the address is written: browsers limit how often that may
 * happen.
 */
const ADDRESS_DELAY_MS = 250;

/** "packing": the picture is put into the link. "refused": the browser does not allow copying. */
type Copying = "idle" | "packing" | "copied" | "refused";

export class Share {
  readonly #session: Session;
  readonly #viewer: LinkedView;
  /** The visitor's picture, or the part that was enlarged, as text in the link. */
  #embedded: Packed | undefined;
  #copying: Copying = "idle";
  /** The link that was copied last. */
  #copied = "";
  /** The file of a part; 0 bytes until it is packed. */
  #packed: { part: LoadedPicture; bytes: number } | undefined;
  #addressTimer = 0;

  constructor(session: Session, viewer: LinkedView) {
    this.#session = session;
    this.#viewer = viewer;
    session.onChange(() => void this.#measurePart());
  }

  get link(): string {
    return location.href.replace(/#.*$/, "") + this.#fragment();
  }

  /** Whether the link leads to the picture that is enlarged. */
  get holdsPicture(): boolean {
    return !this.#session.waitingLink && this.#pictureState() !== undefined;
  }

  /** A link stays copied until it changes. */
  get copying(): Copying {
    return this.#copying === "copied" && this.#copied !== this.link ? "idle" : this.#copying;
  }

  /** Keeps the address up to date, without an entry in the history for each change. */
  writeAddress(): void {
    clearTimeout(this.#addressTimer);
    this.#addressTimer = window.setTimeout(() => this.#writeAddress(), ADDRESS_DELAY_MS);
  }

  #writeAddress(): void {
    const { choice, zoomIsValid, activity } = this.#session;
    // Before the models are known the address is still to be read, and an invalid zoom is not worth
    // sharing.
    const isLink = choice.shipped.length > 0 && zoomIsValid && activity.status.state !== "loading";
    if (!isLink) return;
    const { link } = this;
    if (link === location.href && history.state !== null) return;
    // After a reload this is the visitor's own address, and not somebody's link.
    history.replaceState("own", "", link);
    // A move of the view draws nothing, but the panel shows the link.
    this.#session.changed();
  }

  /** Copies the link, maybe one that is still to be made. */
  async copy(link = Promise.resolve(this.link)): Promise<void> {
    const isAllowed = await copyText(link).then(
      () => true,
      () => false,
    );
    this.#copied = await link;
    this.#setCopying(isAllowed ? "copied" : "refused");
  }

  /** Puts the picture into the link, or a smaller copy if it does not fit, and copies that. */
  async copyWithPicture(engine: Promise<Upscaler>, commands: Commands): Promise<void> {
    this.#setCopying("packing");
    try {
      await this.copy(engine.then((upscaler) => this.#embed(upscaler, commands)));
    } finally {
      if (this.#copying === "packing") this.#setCopying("idle");
    }
  }

  #setCopying(copying: Copying): void {
    this.#copying = copying;
    this.#session.changed();
  }

  /** Whether the link holds the picture itself, and not a place to load it from. */
  get embeds(): boolean {
    const { waitingLink, picture, part } = this.#session;
    const source = this.#embedded?.source;
    return !waitingLink && source !== undefined && (source === picture || source === part);
  }

  /** Whether it is the visitor's own file, to the last byte. */
  get embedsFile(): boolean {
    return this.embeds && this.#embedded?.isFile === true;
  }

  /** The size of the smaller copy that the link holds instead of the picture, if it does. */
  get copySize(): Packed["copySize"] {
    return this.embeds ? this.#embedded?.copySize : undefined;
  }

  /** Bytes of the file that the link would hold; undefined until they are known. */
  get bytes(): number | undefined {
    const { picture, part } = this.#session;
    if (!part) return picture?.file?.size;
    return (this.#packed?.part === part && this.#packed.bytes) || undefined;
  }

  /** Packs a part of the visitor's own picture once it stays. */
  async #measurePart(): Promise<void> {
    const session = this.#session;
    const { part, activity, engine } = session;
    if (!part || this.#packed?.part === part || activity.isBusy || this.holdsPicture) return;
    if (part.width * part.height > MAX_PIXELS) return;
    const packed = (this.#packed = { part, bytes: 0 });
    // Without it, the click says what is wrong.
    const file = await engine.any?.then((upscaler) => upscaler.encode(part)).catch(() => undefined);
    packed.bytes = file?.size ?? 0;
    session.changed();
  }

  /** From now on the link holds the picture as this text. */
  hold(source: LoadedPicture, text: string): void {
    this.#embedded = { source, text };
  }

  /** Takes the picture out of the link again. */
  release(): void {
    this.#embedded = undefined;
    this.#session.changed("link");
  }

  /** The link with the picture, or with a smaller copy. */
  async #embed(upscaler: Upscaler, commands: Commands): Promise<string> {
    // Few visitors need it.
    const { pack } = await needed(import("./pack.ts"));
    const { picture } = this.#session;
    const { view } = this.#viewer;
    const packed = await pack(this.#session, upscaler, commands);
    // To pack the picture may take opening it again.
    if (this.#session.picture !== picture) this.#viewer.view = view;
    // A link without the picture is not what the visitor asked for.
    if (!packed) throw new DOMException("the picture is gone", "AbortError");
    this.#embedded = packed;
    this.#session.changed("link");
    return this.link;
  }

  /**
   * The place of the picture and the part that is shown; undefined if the picture stays with the
   * visitor.
   */
  #pictureState(): Pick<LinkState, "demo" | "address" | "embedded" | "isCopy" | "region" | "view"> | undefined {
    const { picture, part, waitingLink } = this.#session;
    if (waitingLink) {
      // Until its picture is open, the address stays that of the link: reloading the page may help.
      const { demo, embedded, isCopy, address, region, view } = waitingLink.link;
      return { demo, embedded, isCopy, address, region, view };
    }
    if (!picture) return undefined;
    const { demo, address } = picture;
    const { view } = this.#viewer;
    const shown = { region: part?.area, view };
    if (demo !== undefined) return { demo, ...shown };
    if (address !== undefined) return { address, ...shown };
    const embedded = this.#embedded?.text;
    // Its pixels are others: places in the picture mean nothing there.
    if (this.copySize) return { embedded, isCopy: true };
    if (this.#embedded?.source === picture) return { embedded, ...shown };
    // Then the part is the whole picture of the link.
    if (part && this.#embedded?.source === part)
      return { embedded, view: view && viewOfPart(view, picture, part.area) };
    return undefined;
  }

  #fragment(): string {
    const session = this.#session;
    const { model, zoom, choice, comparison, linkedBaselines: baselines, evaluationScale } = session;
    const { format, quality } = session.files;
    const backend = session.backend === "auto" ? undefined : session.backend;
    const compared = { baselines, difference: comparison.showsDifference && comparison.shown !== ORIGINAL };
    // Without a trace of compression there is nothing to choose automatically. Before a link's
    // picture is open, that is not known.
    const isClean = !session.waitingLink && !session.source?.compression && !this.copySize;
    const clean = session.clean === "auto" && isClean ? 0 : session.clean;
    const settings = {
      model,
      network: choice.network,
      effort: choice.effort,
      budget: choice.budget,
      zoom,
      backend,
      clean,
      ...compared,
    };
    const also = { format, quality, evaluationScale, toggles: this.#viewer.toggles };
    const own = configOf(choice.entry);
    return formatLink({ ...this.#pictureState(), ...settings, ...also, hashes: this.#hashes() }, own);
  }

  #hashes(): LinkState["hashes"] {
    const { waitingLink, fingerprint, expectedHashes, foundHashes, resultIsCurrent } = this.#session;
    if (waitingLink) return waitingLink.fingerprint === fingerprint ? waitingLink.link.hashes : undefined;
    // A result of other settings is not what the link leads to.
    const leadsToResult = this.holdsPicture && !this.copySize && resultIsCurrent;
    return expectedHashes ?? (leadsToResult ? foundHashes : undefined);
  }
}

/** The same view if the part is the whole picture. */
function viewOfPart(view: View, picture: { width: number; height: number }, area: Area): View {
  return {
    ...view,
    x: clamp((view.x * picture.width - area.left) / area.width, 0, 1),
    y: clamp((view.y * picture.height - area.top) / area.height, 0, 1),
  };
}
