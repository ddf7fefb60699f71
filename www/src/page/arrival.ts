/** What comes to the page: links, files, and what is pasted or dropped. */
import { modelFor } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { Batch } from "./batch.ts";
import { demos, demoUrl } from "./demos.ts";
import { nameIn, readAddress } from "./elsewhere.ts";
import { png } from "./formats.ts";
import { parseLink, USUAL_QUALITY, USUAL_TRUTH_SCALE, USUAL_ZOOM, type LinkState } from "./link.ts";
import { unpackPicture } from "./packed.ts";
import type { Stage } from "./stage.ts";
import { MISSING_PART, sizeText, withoutEnding } from "./text.ts";

/** Pixels of a picture that came with a link and is enlarged without being asked for. */
const MOST_AT_ONCE = 1_000_000;

/** A picture on another site that waits for the visitor's word. */
interface Offer {
  url: URL;
  /** What the link says besides; undefined where the address came alone. */
  link: LinkState | undefined;
  /** What is wrong with that. */
  trouble: string;
  /** See {@link Arrival.settings}. */
  settings: string;
}

/** A link whose picture is not open: it is still being loaded, cannot be, or waits for the visitor's word. */
interface Waiting {
  link: LinkState;
  /** See {@link Arrival.settings}. */
  settings: string;
}

export class Arrival {
  offer: Offer | undefined;
  waiting: Waiting | undefined;

  readonly #app: App;
  readonly #stage: Stage;

  constructor(app: App, stage: Stage) {
    this.#app = app;
    this.#stage = stage;
  }

  /** Of the moment: a link's hash is of its own settings alone, and these may be changed while its picture is read. */
  get settings(): string {
    const { zoom, model, backend, choice } = this.#app;
    return JSON.stringify([zoom, model, backend, choice.network]);
  }

  /** Brings the page to the state in a fragment; a picture in it is enlarged at once, as the sender saw it. */
  async openLink(fragment: string): Promise<void> {
    const app = this.#app;
    // The address is read when the models are known.
    if (app.models.length === 0) return;
    const { state, complaints } = parseLink(fragment, app.models, (zoom) => modelFor(zoom, app.choice.shipped));
    // A link that was opened just before is not to go on in the midst of this one.
    app.stop();
    this.#follow(state);
    const url = state.address === undefined ? undefined : readAddress(state.address);
    // A link that is partly wrong does not show what its sender saw: say so rather than enlarge something else.
    const trouble = complaints.length > 0 ? `${complaints.join(" ")} Choose below, or ask for the link again.` : "";
    const { settings } = this;
    this.offer = url && { url, link: state, trouble, settings };
    const { demo, packed, address } = state;
    this.waiting = [demo, packed, address].some((place) => place !== undefined) ? { link: state, settings } : undefined;
    if (url) {
      app.ready();
      if (trouble) app.activity.say("error", trouble);
      else app.activity.say("idle", `The link's picture is at ${url.host}: load it from there, or open another one.`);
      return;
    }
    const picture = demo === undefined ? packed && unpackPicture(packed) : demoUrl(demo);
    if (!picture) {
      app.ready();
      if (trouble) app.activity.say("error", trouble);
      return;
    }
    const description = demos.find(({ id }) => id === demo)?.description ?? "a picture that came in the link";
    if ((await app.open(picture, { name: demo ?? "from-link", description, demo })) !== "open") return;
    if (packed !== undefined && app.picture) app.share.hold(app.picture, packed);
    await this.#show(state, settings, demo === undefined, trouble);
  }

  /** A picture is open: what was to come is not, any more. */
  isOver(): void {
    this.offer = undefined;
    this.waiting = undefined;
  }

  /** Takes the settings; what a link does not name is as on a fresh page. Whether metadata is kept is for no link to say. */
  #follow(state: LinkState): void {
    const app = this.#app;
    const { zoom = USUAL_ZOOM, model, network, backend = "auto", rivals = [], difference = false } = state;
    app.zoom = zoom;
    app.backend = backend;
    if (model === undefined) app.choice.unchoose(zoom);
    else app.choice.choose(model);
    if (network) app.choice.chooseNetwork(network);
    app.comparison.linked = rivals;
    app.comparison.showsDifference = difference;
    app.format = state.format ?? png;
    app.quality = state.quality ?? USUAL_QUALITY;
    app.truth.choose(state.truthScale ?? USUAL_TRUTH_SCALE);
    app.batch?.forget();
    // It was of another link.
    app.verification.expected = undefined;
    this.#stage.toggles = state.toggles ?? [];
  }

  /** Shows the link's picture, which is open, as its sender saw it. */
  async #show({ region, view, sums }: LinkState, settings: string, isForeign: boolean, trouble: string): Promise<void> {
    const app = this.#app;
    if (region && !(await app.cut(region))) return;
    if (view || !region) this.#stage.view = view;
    app.verification.expected = settings === this.settings ? sums : undefined;
    const { source } = app;
    if (trouble) app.activity.say("error", trouble);
    else if (isForeign && source && source.width * source.height > MOST_AT_ONCE) {
      // A few bytes can become a picture that takes minutes: that is for the visitor to want.
      app.activity.say(
        "idle",
        `The link holds a picture of ${sizeText(source)}: press Enlarge if you want it enlarged.`,
      );
    } else if (app.choice.isTrained) {
      // The fast result is there at once; whether it is the sender's is found out while it is looked at.
      if ((await app.run()) && sums && app.backend !== "gpu") await app.verify();
    }
  }

  /** Loads the picture that was offered. */
  async accept(): Promise<void> {
    const app = this.#app;
    const { offer } = this;
    if (!offer) return;
    const { url, link, trouble, settings } = offer;
    const file = await app.activity.during(`Loading the picture from ${url.host}…`, async (options) => {
      const { loadFrom } = await import("./elsewhere-load.ts").catch(() => {
        throw new Error(MISSING_PART);
      });
      return loadFrom(url, options);
    });
    if (!file) return;
    if (this.offer !== offer) {
      app.ready();
      return;
    }
    const name = withoutEnding(nameIn(url));
    const description = `${name}, from ${url.host}`;
    const outcome = await app.open(file, { name, description, address: url.href });
    if (outcome === "open" && link) await this.#show(link, settings, true, trouble);
  }

  /** Several pictures become a batch, with or without those that are broken; the first that is not is shown. */
  async openFiles(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    const app = this.#app;
    const batch = files.length > 1 ? new Batch(files) : undefined;
    let trouble = "";
    for (const [index, file] of files.entries()) {
      const name = withoutEnding(file.name);
      const outcome = await app.open(file, { name, description: file.name });
      if (outcome === "left") return;
      if (outcome === "open") break;
      const { text } = app.activity.status;
      const item = batch?.items[index];
      if (item) Object.assign(item, { state: "failed", why: text });
      trouble ||= batch ? `${file.name}: ${text}` : text;
    }
    app.batch = batch;
    if (trouble) app.activity.say("error", trouble);
    else app.refresh();
  }

  /** What was pasted or dropped: files, the address of a picture, or a link of this page. */
  async take(data: DataTransfer | null): Promise<void> {
    const app = this.#app;
    const files = [...(data?.files ?? [])];
    if (files.length > 0) {
      await this.openFiles(files);
      return;
    }
    const [line = ""] = (data?.getData("text/uri-list") ?? "").split(/\r?\n/).filter((line) => !line.startsWith("#"));
    const text = line.trim() || (data?.getData("text/plain") ?? "").trim();
    const url = readAddress(text);
    if (url?.hash && url.href.startsWith(location.href.replace(/#.*$/, "#"))) await this.openLink(url.hash);
    else if (url) {
      this.offer = { url, link: undefined, trouble: "", settings: "" };
      this.waiting = undefined;
      if (app.activity.isBusy) app.refresh();
      else app.activity.say("idle", `That picture is at ${url.host}: load it from there, or open another one.`);
    } else if (!app.activity.isBusy) {
      // While something runs, the words for that are needed.
      app.activity.say(
        "error",
        text
          ? "That was text and no picture. Paste a picture, or the address of one: https://…"
          : "That was not a picture file. Save the picture first, then open or drop the file.",
      );
    }
  }
}
