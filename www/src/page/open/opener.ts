/** Opens what comes to the page: links, files, and what is pasted or dropped. */
import type { Commands } from "../session/commands.ts";
import { Batch } from "../session/batch.ts";
import type { LinkedView, LinkState } from "../session/link-state.ts";
import type { Session } from "../session/session.ts";
import { nameIn, readAddress } from "../shared/address.ts";
import { isDataAddress, readDataAddress } from "../shared/data-address.ts";
import { demos, demoUrl, thumbUrl } from "../shared/demos.ts";
import { readFiles, readText, type Incoming } from "../shared/incoming.ts";
import { sizeText, withoutEnding } from "../shared/text.ts";
import { loadRemote, type RemoteOffer } from "./remote.ts";
import { plural, t, type Phrase } from "../shared/words.ts";

/** Larger pictures that come in a link are enlarged only when the visitor asks for it. */
const MAX_AUTO_ENLARGE_PIXELS = 1_000_000;

export class Opener {
  /** A picture on another site that waits for the visitor's consent. */
  #offer: RemoteOffer | undefined;
  #settingsLink: LinkState | undefined;
  #unfoldedFor: Session["picture"];
  readonly #session: Session;
  readonly #viewer: LinkedView;
  readonly #commands: Commands;

  constructor(session: Session, viewer: LinkedView, commands: Commands) {
    this.#session = session;
    this.#viewer = viewer;
    this.#commands = commands;
  }

  get offer(): RemoteOffer | undefined {
    return this.#offer;
  }

  /** Whether the link that was opened holds settings alone. */
  get lacksPicture(): boolean {
    return this.#settingsLink !== undefined;
  }

  /** Whether the next picture is cleaned up as that link says, and not as its file needs. */
  get keepsCleanUp(): boolean {
    return this.#settingsLink?.clean !== undefined;
  }

  /** Whether the ways to open another picture are unfolded, until one is opened. */
  get isUnfolded(): boolean {
    return this.#unfoldedFor !== undefined && this.#unfoldedFor === this.#session.picture;
  }

  toggleWays(): void {
    this.#unfoldedFor = this.isUnfolded ? undefined : this.#session.picture;
    this.#session.changed();
  }

  forgetOffer(): void {
    this.#offer = undefined;
    this.#settingsLink = undefined;
  }

  /**
   * Brings the page to a link's state. A picture in it is enlarged at once, as the sender saw it.
   */
  async openLink(link: LinkState, complaints: readonly string[], embedded: Blob | undefined): Promise<void> {
    const session = this.#session;
    const commands = this.#commands;
    const { activity } = session;
    const isForeign = history.state === null;
    // The work of a link that was opened just before must not continue in this one.
    commands.stop();
    commands.applyLink(link);
    const { demo, embedded: text, address } = link;
    const url = address === undefined ? undefined : readAddress(address);
    // A link that is partly wrong does not show what its sender saw: its picture and the other
    // settings are there, and the visitor decides whether to enlarge.
    const trouble = troubleText(link, complaints);
    const { fingerprint } = session;
    this.#offer = url && { url, link, trouble, fingerprint };
    const hasPicture = [demo, text, address].some((source) => source !== undefined);
    const isForSettings = isForeign && !hasPicture && Object.values(link).some((value) => value !== undefined);
    this.#settingsLink = isForSettings ? link : undefined;
    session.setWaitingLink(hasPicture ? { link, fingerprint } : undefined);
    if (url) {
      commands.ready();
      if (trouble) activity.setStatus("error", trouble);
      else activity.setStatus("idle", t`The link's picture is at ${url.host}. Load it, or open another one.`);
      return;
    }
    const picture = demo === undefined ? embedded : demoUrl(demo);
    if (!picture) {
      commands.ready();
      if (trouble) activity.setStatus("error", trouble);
      this.#tellDifferences(link);
      return;
    }
    const known = demos.find(({ id }) => id === demo);
    const description: Phrase = known?.description ?? "a picture from the link";
    // All browsers read a PNG alike.
    const decoder = known?.isJpeg || (embedded && embedded.type !== "image/png") ? "own" : undefined;
    const origin = { name: demo ?? "from-link", description, demo, decoder, keepsCleanUp: true } as const;
    if ((await commands.open(picture, origin)) !== "open") return;
    if (text !== undefined && session.picture) commands.holdEmbedded(session.picture, text);
    await this.#show(link, fingerprint, demo === undefined, trouble);
  }

  /** Shows the link's picture, which is open, as its sender saw it. */
  async #show(link: LinkState, fingerprint: string, isForeign: boolean, trouble: string): Promise<void> {
    const session = this.#session;
    const commands = this.#commands;
    const { activity } = session;
    const { region, view, hashes } = link;
    if (region && !(await commands.cut(region))) return;
    if (view || !region) this.#viewer.view = view;
    session.expectHashes(fingerprint === session.fingerprint ? hashes : undefined);
    const { source } = session;
    if (trouble) activity.setStatus("error", trouble);
    else if (isForeign && source && source.width * source.height > MAX_AUTO_ENLARGE_PIXELS) {
      // A few bytes can become a picture that takes minutes.
      activity.setStatus("idle", t`The link contains a picture of ${sizeText(source)}. Press Enlarge to start.`);
    } else if (session.choice.isTrained) {
      // The fast result is there at once; it is verified while the visitor looks at it.
      if (!(await commands.run())) return;
      if (hashes && session.backend !== "gpu") await commands.verify();
    }
    this.#tellDifferences(link);
  }

  /** Adds to the status what differs from what the sender saw. */
  #tellDifferences({ formerModel, isCopy }: LinkState): void {
    if (!isCopy && formerModel === undefined) return;
    const { activity } = this.#session;
    const { status } = activity;
    const told = () => [
      ...(isCopy ? [t("The link contains a compressed copy of the picture, which is less sharp.")] : []),
      ...(formerModel === undefined
        ? []
        : [t`The link's model, ${formerModel}, is no longer here. The elastic model enlarges with the same settings.`]),
    ];
    activity.setStatus(status.state, () => [status.text, ...told()].join(" "));
  }

  /** Loads the picture that was offered. */
  async acceptOffer(): Promise<void> {
    const offer = this.#offer;
    if (!offer) return;
    const { url, link, trouble, fingerprint } = offer;
    const text = t`Loading the picture from ${url.host}…`;
    const file = await this.#session.activity.during(text, (options) => loadRemote(url, options));
    if (!file) return;
    if (this.#offer !== offer) {
      this.#commands.ready();
      return;
    }
    const name = withoutEnding(nameIn(url));
    const description = t`${name}, from ${url.host}`;
    const outcome = await this.#commands.open(file, {
      name,
      description,
      address: url.href,
      decoder: "own",
      keepsCleanUp: link !== undefined,
    });
    if (outcome === "open" && link) await this.#show(link, fingerprint, true, trouble);
  }

  /**
   * Several pictures become a batch, including those that cannot be read; the first one that can is
   * shown.
   */
  async openFiles({ files, leftOut }: Incoming): Promise<void> {
    const { activity } = this.#session;
    const others = plural(
      leftOut,
      "{0} other file is not a picture and was left out.",
      "{0} other files are not pictures and were left out.",
      leftOut,
    );
    const remark = leftOut > 0 ? ` ${others}` : "";
    if (files.length === 0) {
      if (leftOut > 0) activity.remark(t("There is no picture in this folder. Choose another one."));
      return;
    }
    await this.#commands.started();
    const batch = files.length > 1 ? new Batch(files) : undefined;
    const { picture } = this.#session;
    let trouble = "";
    for (const [index, { file }] of files.entries()) {
      const name = withoutEnding(file.name);
      const outcome = await this.#commands.open(file, { name, description: file.name });
      if (outcome === "left") return;
      if (outcome === "open") break;
      const { text } = activity.status;
      batch?.update(index, { state: "failed", why: text });
      trouble ||= batch ? `${file.name}: ${text}` : text;
    }
    // If none could be read, what is open stays.
    if (batch && !(picture && picture === this.#session.picture)) this.#session.setBatch(batch);
    if (trouble) activity.setStatus("error", trouble + remark);
    else if (remark) activity.setStatus("idle", activity.status.text + remark);
  }

  /**
   * Opens what was pasted or dropped: files, folders, the address of a picture, or a link to this
   * page.
   */
  async openTransfer(data: DataTransfer | null): Promise<void> {
    const { activity } = this.#session;
    // All of it is read at once, since it is gone after this task.
    const { text, isPicture } = readText(data);
    const isFile = [...(data?.items ?? [])].some(({ kind }) => kind === "file");
    const reading = readFiles(data);
    // Otherwise the address, which is opened then, would take its place.
    await this.#commands.started();
    if (isFile) {
      const signal = activity.begin("loading", t("Reading the files…"), true);
      const incoming = await reading;
      if (signal.aborted) return;
      // The run before was cancelled for it.
      this.#commands.stop();
      if (incoming.files.length + incoming.leftOut > 0) await this.openFiles(incoming);
      else activity.remark(t("There is nothing in this folder. Choose another one."));
      return;
    }
    const url = readAddress(text);
    const demo = demos.find(({ id }) => thumbUrl(id) === url?.href);
    if (isDataAddress(text)) await this.#openData(text);
    else if (demo) await this.#commands.openDemo(demo);
    else if (url?.hash && url.href.startsWith(location.href.replace(/#.*$/, "#"))) {
      await this.#commands.openLink(url.hash);
    } else if (url) {
      this.#offer = { url, link: undefined, trouble: "", fingerprint: "" };
      this.#session.setWaitingLink(undefined);
      if (!activity.isBusy) {
        activity.setStatus("idle", t`The picture is at ${url.host}. Load it, or open another one.`);
      }
    } else if (!activity.isBusy) {
      // While something runs, the status is about that.
      activity.setStatus("error", refusalText(text, isPicture));
    }
  }

  async #openData(address: string): Promise<void> {
    try {
      const file = new File([readDataAddress(address)], "picture");
      await this.openFiles({ files: [{ file, folder: "" }], leftOut: 0 });
    } catch (error) {
      this.#session.activity.remark(error);
    }
  }
}

/** Says what is left out of a link; empty if nothing is. */
function troubleText(link: LinkState, complaints: readonly string[]): string {
  if (complaints.length === 0) return "";
  const isEmpty = Object.values(link).every((value) => value === undefined);
  const rest = isEmpty
    ? t("Choose the settings yourself, or ask for a new link.")
    : t("The rest of the link is kept. Choose what is missing yourself, or ask for a new link.");
  return `${complaints.join(" ")} ${rest}`;
}

function refusalText(text: string, isPicture: boolean): string {
  if (isPicture) return t("That picture has no address this page can use. Save it first, then open or drop the file.");
  if (text) return t("That was text, not a picture. Paste a picture or its address: https://…");
  return t("That was not a picture file. Save the picture first, then open or drop the file.");
}
