/** The address of what the page shows, to share it. */
import type { Area, Upscaler } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import { configOf } from "../session/hyper-parameters.ts";
import type { LinkedView, LinkState, View } from "../session/link-state.ts";
import type { LoadedPicture } from "../session/picture.ts";
import type { Session } from "../session/session.ts";
import { ORIGINAL } from "../shared/baselines.ts";
import { formatLink } from "./codec.ts";
import { fits, isPng, packPicture } from "./embedded-picture.ts";
import { t } from "../shared/words.ts";

/** Milliseconds for which the page says that the link was copied. */
const COPIED_MS = 2000;

export class Share {
  readonly #session: Session;
  readonly #viewer: Readonly<LinkedView>;
  /** The visitor's picture, or the part that was enlarged, as text in the link. */
  #embedded: { source: LoadedPicture; text: string; isFile: boolean } | undefined;
  #isCopied = false;

  constructor(session: Session, viewer: Readonly<LinkedView>) {
    this.#session = session;
    this.#viewer = viewer;
  }

  get link(): string {
    return location.href.replace(/#.*$/, "") + this.#fragment();
  }

  /** Whether the link leads to the picture that is enlarged. */
  get holdsPicture(): boolean {
    return !this.#session.waitingLink && this.#pictureState() !== undefined;
  }

  /** Whether the link was copied just now. */
  get isCopied(): boolean {
    return this.#isCopied;
  }

  /** Keeps the address up to date, without an entry in the history for each change. */
  writeAddress(): void {
    const { models, zoomIsValid, activity } = this.#session;
    // Before the models are known the address is still to be read, and an invalid zoom is not worth
    // sharing.
    const isLink = models.length > 0 && zoomIsValid && activity.status.state !== "loading";
    // After a reload this is the visitor's own address, and not somebody's link.
    if (isLink) history.replaceState("own", "", this.link);
  }

  async copy(): Promise<void> {
    const session = this.#session;
    try {
      await navigator.clipboard.writeText(this.link);
      this.#isCopied = true;
      session.changed();
      setTimeout(() => {
        this.#isCopied = false;
        session.changed();
      }, COPIED_MS);
    } catch {
      session.activity.setStatus(
        "error",
        t("The browser does not allow copying. Copy the address of this page instead; it is the same link."),
      );
    }
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

  /** From now on the link holds the picture as this text. */
  hold(source: LoadedPicture, text: string, isFile = false): void {
    this.#embedded = { source, text, isFile };
  }

  /** Takes the picture out of the link again. */
  release(): void {
    this.#embedded = undefined;
    this.#session.changed("link");
  }

  /**
   * Puts a small picture into the link: its own file if that fits, and a PNG of a part or of a file
   * that compresses badly.
   */
  async embed(upscaler: Upscaler, commands: Commands): Promise<void> {
    const session = this.#session;
    const { source, picture, batch } = session;
    if (!source) return;
    const file = source === picture ? picture.file : undefined;
    let packed = file && fits(file.size) ? file : await upscaler.encode(source);
    if (file && file.size < packed.size) packed = file;
    const text = await packPicture(packed);
    if (packed === file && !isPng(text) && !(await readsAlike(source, file, upscaler))) {
      // Browsers differ in the last bits. Whoever opens the link must start from the same picture.
      const hadResult = session.result !== undefined;
      const { name, description } = source;
      if ((await commands.open(file, { name, description, decoder: "own" })) !== "open") return;
      session.setBatch(batch);
      if (hadResult && !(await commands.run())) return;
    }
    if (session.source) this.hold(session.source, text, packed === file);
    session.changed("link");
  }

  /**
   * The place of the picture and the part that is shown; undefined if the picture stays with the
   * visitor.
   */
  #pictureState(): Pick<LinkState, "demo" | "address" | "embedded" | "region" | "view"> | undefined {
    const { picture, part, waitingLink } = this.#session;
    if (waitingLink) {
      // Until its picture is open, the address stays that of the link: reloading the page may help.
      const { demo, embedded, address, region, view } = waitingLink.link;
      return { demo, embedded, address, region, view };
    }
    if (!picture) return undefined;
    const { demo, address } = picture;
    const { view } = this.#viewer;
    const shown = { region: part?.area, view };
    if (demo !== undefined) return { demo, ...shown };
    if (address !== undefined) return { address, ...shown };
    const embedded = this.#embedded?.text;
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
    // Without a trace of compression there is nothing to choose automatically.
    const clean = session.clean === "auto" && !session.source?.compression ? 0 : session.clean;
    const settings = { model, network: choice.network, zoom, backend, clean, ...compared };
    const also = { format, quality, evaluationScale, toggles: this.#viewer.toggles };
    const own = configOf(choice.entry);
    return formatLink({ ...this.#pictureState(), ...settings, ...also, hashes: this.#hashes() }, own);
  }

  #hashes(): LinkState["hashes"] {
    const { waitingLink, fingerprint, expectedHashes, foundHashes, resultIsCurrent } = this.#session;
    if (waitingLink) return waitingLink.fingerprint === fingerprint ? waitingLink.link.hashes : undefined;
    // A result of other settings is not what the link leads to.
    return expectedHashes ?? (this.holdsPicture && resultIsCurrent ? foundHashes : undefined);
  }
}

/** Whether this browser has read the picture as our decoder does, which is the same everywhere. */
async function readsAlike(picture: LoadedPicture, file: Blob, upscaler: Upscaler): Promise<boolean> {
  if (picture.decoder === "own") return true;
  const { data } = (await upscaler.inspect(file, { decoder: "own" })).imageData;
  const mine = picture.imageData.data;
  return mine.length === data.length && mine.every((value, at) => value === data[at]);
}

/** The same view if the part is the whole picture. */
function viewOfPart(view: View, picture: { width: number; height: number }, area: Area): View {
  const inside = (fraction: number) => Math.min(1, Math.max(0, fraction));
  return {
    ...view,
    x: inside((view.x * picture.width - area.left) / area.width),
    y: inside((view.y * picture.height - area.top) / area.height),
  };
}
