/**
 * `<splitsr-zoom src="photo.jpg" scale="3" model="splitsr-x2" clean="auto" alt="…">`: a picture that is shown
 * enlarged, first as the browser does it and, when the engine is done, as the model does. The attributes
 * `assets` and `models` are the options of `createUpscaler`; `split-ratio`, `hybrid-index`, `hybrid-mode` and
 * `budget` are those of `upscale`, for elastic models.
 *
 * Events: `splitsr-done` with the report, `splitsr-error` with the error as `detail`; both bubble.
 */
import type { CleanUp, HybridMode, Slice, Upscaler, UpscalerOptions } from "../api/index.ts";
import { createUpscaler } from "./upscaler.ts";

/** On a server, which has no elements, the module can still be imported. */
const isBrowser = typeof HTMLElement !== "undefined";
const Base: typeof HTMLElement = isBrowser ? HTMLElement : (Object as unknown as typeof HTMLElement);

let sheet: CSSStyleSheet | undefined;

function style(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host { display: inline-block }
      img, canvas { display: block; width: 100%; height: auto }
      [hidden] { display: none }
    `);
  }
  return sheet;
}

/**
 * Overlapping runs with the same options share an upscaler. The last one destroys it, which frees
 * its memory.
 */
const shared = new Map<string, { upscaler: Promise<Upscaler>; users: number }>();

/** `options` is JSON. */
function borrow(options: string): Promise<Upscaler> {
  let entry = shared.get(options);
  if (!entry) {
    entry = { upscaler: createUpscaler(JSON.parse(options) as UpscalerOptions), users: 0 };
    shared.set(options, entry);
  }
  entry.users++;
  return entry.upscaler;
}

function giveBack(options: string): void {
  const entry = shared.get(options);
  if (!entry || --entry.users > 0) return;
  shared.delete(options);
  entry.upscaler.then(
    (upscaler) => upscaler.destroy(),
    () => undefined,
  );
}

const places = ["assets", "models"];
/** Options of `upscale` that are numbers. */
const numbers = { "split-ratio": "splitRatio", "hybrid-index": "hybridIndex", budget: "budget" } as const;

export class SplitsrZoom extends Base {
  static readonly observedAttributes = [
    "src",
    "scale",
    "model",
    "clean",
    "alt",
    "hybrid-mode",
    ...Object.keys(numbers),
    ...places,
  ];

  readonly #image = document.createElement("img");
  readonly #canvas = document.createElement("canvas");
  #run: AbortController | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style()];
    this.#canvas.role = "img";
    this.#canvas.hidden = true;
    this.#image.addEventListener("load", () => {
      this.#image.style.width = `${this.#image.naturalWidth * this.#scale()}px`;
    });
    root.append(this.#image, this.#canvas);
  }

  connectedCallback(): void {
    this.#update();
  }

  disconnectedCallback(): void {
    this.#run?.abort();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#update();
  }

  #scale(): number {
    return Number(this.getAttribute("scale") ?? "2");
  }

  #clean(): CleanUp {
    const text = this.getAttribute("clean") ?? "0";
    return text === "auto" ? text : Number(text);
  }

  /** Which network of an elastic model. */
  #network(): Slice & { budget?: number } {
    const given = Object.entries(numbers).map(([attribute, option]) => [option, this.getAttribute(attribute)] as const);
    const network: Slice & { budget?: number } = {};
    for (const [option, value] of given) if (value !== null) network[option] = Number(value);
    const mode = this.getAttribute("hybrid-mode");
    if (mode !== null) network.hybridMode = mode as HybridMode;
    return network;
  }

  #update(): void {
    this.#run?.abort();
    const run = (this.#run = new AbortController());
    const alt = this.getAttribute("alt") ?? "";
    this.#image.alt = alt;
    this.#canvas.ariaLabel = alt;
    this.#image.hidden = false;
    this.#canvas.hidden = true;
    const src = this.getAttribute("src");
    if (!src) return;
    this.#image.src = src;
    // In a microtask: several attributes that are set together make one run.
    queueMicrotask(() => {
      if (!run.signal.aborted) void this.#enlarge(src, run.signal);
    });
  }

  async #enlarge(src: string, signal: AbortSignal): Promise<void> {
    const given = ["model", ...places].map((name) => [name, this.getAttribute(name)]);
    const options = JSON.stringify(Object.fromEntries(given.filter(([, value]) => value)));
    const upscaler = borrow(options);
    try {
      const settings = { scale: this.#scale(), clean: this.#clean(), ...this.#network(), signal };
      const result = await (await upscaler).upscale(src, settings);
      this.#canvas.width = result.width;
      this.#canvas.height = result.height;
      this.#canvas.style.width = `${result.width}px`;
      this.#canvas.getContext("2d")?.putImageData(result.imageData(), 0, 0);
      this.#image.hidden = true;
      this.#canvas.hidden = false;
      this.#tell("splitsr-done", result.report);
    } catch (error) {
      if (!signal.aborted) this.#tell("splitsr-error", error);
    } finally {
      // In a separate task: by then, a run that replaces this one has borrowed the engine, which is
      // still warm.
      setTimeout(() => giveBack(options));
    }
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }
}

if (isBrowser && !customElements.get("splitsr-zoom")) customElements.define("splitsr-zoom", SplitsrZoom);

declare global {
  interface HTMLElementTagNameMap {
    "splitsr-zoom": SplitsrZoom;
  }
}
