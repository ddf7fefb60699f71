/**
 * `<splitsr-zoom src="photo.jpg" scale="3" model="splitsr-x2" clean="auto" alt="…">`: a picture
 * that is shown enlarged, first as the browser does it and, when the engine is done, as the model
 * does. With `magnify` it is shown as it is, under a lens that enlarges. docs/module.md lists
 * attributes, parts, slots and events.
 */
import {
  MAX_ZOOM,
  UpscaleError,
  type CleanUp,
  type HybridMode,
  type Schedule,
  type Slice,
  type Source,
  type Target,
  type UpscaleResult,
} from "../../api/index.ts";
import { borrow, type Loan } from "./loans.ts";
import type { Magnifier } from "./magnifier.ts";

/** On a server, which has no elements, the module can still be imported. */
const isBrowser = typeof HTMLElement !== "undefined";
const Base: typeof HTMLElement = isBrowser ? HTMLElement : (Object as unknown as typeof HTMLElement);

let sheet: CSSStyleSheet | undefined;

/** The progress bar appears after a second, so that fast work shows none. */
function style(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host { display: inline-block }
      div { position: relative }
      img, canvas { display: block; width: 100%; height: auto }
      [part=caption], [part=error] { contain: inline-size }
      progress { position: absolute; bottom: 0; width: 100%; height: 4px; animation: late 1s }
      @keyframes late { from, to { visibility: hidden } }
      :host([hidden]), [hidden] { display: none }
    `);
  }
  return sheet;
}

/** Makes an element of the shadow tree; its part has a name for the page's style sheets. */
function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  part: string,
  ...content: Node[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.setAttribute("part", part);
  element.append(...content);
  return element;
}

function makeSlot(name: string): HTMLSlotElement {
  const slot = document.createElement("slot");
  slot.name = name;
  return slot;
}

const locationAttributes = ["assets", "models"];
/** Options of `upscale` that are numbers. */
const numbers = {
  "split-ratio": "splitRatio",
  "hybrid-index": "hybridIndex",
  budget: "budget",
  effort: "effort",
} as const;
/** Attributes of the lens alone. */
const ofLens = ["zoom", "label"];

/** A picture that comes nearer to the window than this is loaded, if it may be late. */
const NEAR = "200px";
/** A picture with fewer pixels than its box is enlarged, unless only this share is missing. */
const NEGLIGIBLE = 1.05;

export class SplitsrZoom extends Base {
  static readonly observedAttributes = [
    "src",
    "scale",
    "model",
    "clean",
    "alt",
    "loading",
    "magnify",
    "hybrid-mode",
    "schedule",
    ...Object.keys(numbers),
    ...locationAttributes,
    ...ofLens,
  ];

  readonly #image = make("img", "image");
  readonly #canvas = make("canvas", "canvas");
  readonly #progress = make("progress", "progress");
  readonly #frame = make("div", "frame", this.#image, this.#canvas, this.#progress);
  readonly #error = make("div", "error", makeSlot("error"));
  /** Aborted when an attribute changes, or the element is removed. */
  #run: AbortController | undefined;
  #isScheduled = false;
  #isNear = false;
  /** How far the picture is enlarged, or being enlarged. */
  #reached = 1;
  /** Pictures and parts that are being enlarged. */
  #working = 0;
  #magnifier: Magnifier | undefined;
  readonly #nearness = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      this.#isNear = true;
      this.#schedule();
    },
    { rootMargin: NEAR },
  );
  readonly #size = new ResizeObserver(() => this.#fill());

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style()];
    this.#canvas.hidden = this.#progress.hidden = this.#error.hidden = true;
    this.#progress.ariaHidden = "true";
    this.#error.role = "status";
    this.#image.addEventListener("load", () => {
      const scale = this.#scale();
      // A scale that the engine refuses makes no width.
      this.#image.style.width = typeof scale === "number" && scale >= 1 ? `${this.#image.naturalWidth * scale}px` : "";
      this.#fill();
    });
    this.#image.addEventListener("error", () => {
      // The engine reads more formats than the browser does, and has its own errors.
      if (typeof this.#scale() === "number") return;
      this.#emit("splitsr-error", new UpscaleError("network", `Could not load the picture "${this.#image.src}".`));
    });
    const slot = makeSlot("caption");
    const caption = make("div", "caption", slot);
    caption.id = "caption";
    const figure = document.createElement("div");
    figure.append(this.#frame, caption);
    slot.addEventListener("slotchange", () => {
      if (slot.assignedNodes().length === 0) return;
      figure.role = "figure";
      figure.setAttribute("aria-labelledby", caption.id);
    });
    root.append(figure, this.#error);
  }

  connectedCallback(): void {
    this.#schedule();
  }

  disconnectedCallback(): void {
    this.#stop();
  }

  attributeChangedCallback(name: string): void {
    if (ofLens.includes(name)) this.#magnifier?.refresh();
    else if (name === "alt") this.#describe();
    else this.#schedule();
  }

  /** A microtask later, so that several attributes that are set together make one run. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#stop();
      if (this.isConnected) this.#start();
    });
  }

  #stop(): void {
    this.#run?.abort();
    this.#magnifier = undefined;
    this.#nearness.disconnect();
    this.#size.disconnect();
  }

  #start(): void {
    const { signal } = (this.#run = new AbortController());
    this.#canvas.hidden = this.#error.hidden = true;
    this.#image.hidden = false;
    this.#reached = 1;
    if (this.getAttribute("loading") === "lazy" && !this.#isNear) {
      this.#nearness.observe(this);
      return;
    }
    const src = this.getAttribute("src");
    if (!src) {
      this.#image.removeAttribute("src");
      return;
    }
    this.#image.src = src;
    this.#describe();
    const scale = this.#scale();
    if (scale === "auto") this.#size.observe(this.#frame);
    else if (scale !== undefined) void this.#enlarge(src, { scale }, signal);
    if (this.hasAttribute("magnify")) void this.#magnify(signal);
  }

  /** Takes the words that stand for the picture; without them it is decoration. */
  #describe(): void {
    // Browsers would show the words in place of a picture that is not loaded yet.
    if (!this.#image.hasAttribute("src")) return;
    const alt = this.getAttribute("alt") ?? "";
    this.#image.alt = alt;
    this.#canvas.role = alt ? "img" : null;
    this.#canvas.ariaLabel = alt || null;
  }

  /** Undefined: the picture stays as it is. */
  #scale(): number | "auto" | undefined {
    const text = this.getAttribute("scale") ?? (this.hasAttribute("magnify") ? "" : "2");
    return text === "auto" ? text : text ? Number(text) : undefined;
  }

  #clean(): CleanUp {
    const text = this.getAttribute("clean") ?? "0";
    return text === "auto" ? text : Number(text);
  }

  /** Which network of an elastic model, or which of them for which part. */
  #network(): Slice & Schedule & { budget?: number } {
    const given = Object.entries(numbers).map(([attribute, option]) => [option, this.getAttribute(attribute)] as const);
    const network: Slice & Schedule & { budget?: number } = {};
    for (const [option, value] of given) if (value !== null) network[option] = Number(value);
    const mode = this.getAttribute("hybrid-mode");
    if (mode !== null) network.hybridMode = mode as HybridMode;
    const schedule = this.getAttribute("schedule");
    if (schedule !== null) network.schedule = schedule as "mobisr";
    return network;
  }

  /** Enlarges as far as the box needs, again if that has grown. */
  #fill(): void {
    const { complete, naturalWidth } = this.#image;
    const signal = this.#run?.signal;
    if (this.#scale() !== "auto" || !complete || !naturalWidth || !signal) return;
    const shown = this.#canvas.hidden ? this.#image : this.#canvas;
    const needed = Math.min(MAX_ZOOM, (shown.clientWidth * devicePixelRatio) / naturalWidth);
    if (this.#working > 0 || needed < this.#reached * NEGLIGIBLE) return;
    this.#reached = needed;
    void this.#enlarge(this.#image.src, { scale: needed }, signal);
  }

  async #enlarge(src: string, target: Target, signal: AbortSignal): Promise<void> {
    const loan = this.#borrow();
    try {
      const result = await this.#upscale(loan, src, target, signal);
      this.#canvas.width = result.width;
      this.#canvas.height = result.height;
      this.#canvas.style.width = this.#scale() === "auto" ? "" : `${result.width}px`;
      this.#canvas.getContext("2d")?.putImageData(result.imageData(), 0, 0);
      this.#image.hidden = true;
      this.#canvas.hidden = false;
      this.#emit("splitsr-done", result.report);
    } catch (error) {
      if (!signal.aborted) this.#emit("splitsr-error", error);
    } finally {
      loan.giveBack();
    }
  }

  #borrow(): Loan {
    const given = (["model", ...locationAttributes] as const).map((name) => [name, this.getAttribute(name)] as const);
    return borrow(Object.fromEntries(given.filter(([, value]) => value)));
  }

  async #upscale({ upscaler }: Loan, source: Source, target: Target, signal: AbortSignal): Promise<UpscaleResult> {
    this.#working++;
    this.#progress.hidden = false;
    this.#progress.value = 0;
    const onProgress = ({ fraction }: { fraction: number }) => (this.#progress.value = fraction);
    try {
      const settings = { ...target, clean: this.#clean(), ...this.#network(), signal, onProgress };
      return await (await upscaler).upscale(source, settings);
    } finally {
      this.#progress.hidden = --this.#working === 0;
      // The box may have grown meanwhile.
      this.#fill();
    }
  }

  /** Most pages have no lens: its code is loaded when one is asked for. */
  async #magnify(signal: AbortSignal): Promise<void> {
    try {
      const { Magnifier } = await import("./magnifier.ts");
      if (signal.aborted) return;
      this.#magnifier = new Magnifier(
        {
          element: this,
          frame: this.#frame,
          image: this.#image,
          canvas: this.#canvas,
          clean: () => this.#clean(),
          borrow: () => this.#borrow(),
          upscale: (loan, source, scale) => this.#upscale(loan, source, { scale }, signal),
          emit: (type, detail) => this.#emit(type, detail),
        },
        signal,
      );
    } catch (error) {
      this.#emit("splitsr-error", error);
    }
  }

  #emit(type: string, detail: unknown): void {
    if (type !== "zoom") this.#error.hidden = type !== "splitsr-error";
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }
}

if (isBrowser && !customElements.get("splitsr-zoom")) customElements.define("splitsr-zoom", SplitsrZoom);

declare global {
  interface HTMLElementTagNameMap {
    "splitsr-zoom": SplitsrZoom;
  }
}
