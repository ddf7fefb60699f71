/**
 * The page that `browser.mjs` drives. It keeps the open contenders by name and passes calls on to
 * them. Each runtime is in a worker of its own, so that it has its own heap. The whole product runs
 * here, because it needs a page.
 */
import { difference, enlarge, photograph } from "./large.mjs";
import { serve } from "./serve.mjs";

const contenders = new Map();

/** A contender in a worker, called by messages. */
function inWorker(settings) {
  const worker = new Worker(`worker.mjs?${new URLSearchParams(settings)}`);
  const pending = new Map();
  worker.onmessage = ({ data: { id, result, error } }) => {
    const { resolve, reject } = pending.get(id);
    pending.delete(id);
    if (error) reject(new Error(error));
    else resolve(result);
  };
  worker.onerror = ({ message }) => pending.forEach(({ reject }) => reject(new Error(message)));
  return {
    call: (method, argument) =>
      new Promise((resolve, reject) => {
        const id = crypto.randomUUID();
        pending.set(id, { resolve, reject });
        worker.postMessage({ id, method, argument });
      }),
    end: () => worker.terminate(),
  };
}

/**
 * The product, or its fine-tuning. Imported on demand, so that it does not slow the others' start.
 */
function inPage(settings) {
  return serve(async () => (await import(`./engines/${settings.engine}.mjs`)).start(settings));
}

/** The engines that run in the page, because they start workers themselves. */
const pages = ["product", "tuning"];

window.bench = {
  /** Starts a contender. Returns what it says of itself. */
  open(name, settings) {
    const contender = pages.includes(settings.engine) ? inPage(settings) : inWorker(settings);
    contenders.set(name, contender);
    return contender.call("start");
  },

  call: (name, method, argument) => contenders.get(name).call(method, argument),

  enlarge: (name, request) => enlarge(contenders.get(name), name, request),
  difference,
  photograph,

  close(name) {
    contenders.get(name)?.end();
    contenders.delete(name);
  },

  /** The graphics card, as WebGPU and WebGL call it. */
  async adapters() {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter)
      throw new Error("Chromium has no WebGPU here: for a graphics card imitated in software, unset ADAPTER");
    const { vendor, architecture, description } = adapter.info;
    const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
    const names = gl?.getExtension("WEBGL_debug_renderer_info");
    return {
      webgpu: [vendor, architecture, description].filter(Boolean).join(" "),
      webgl: names ? gl.getParameter(names.UNMASKED_RENDERER_WEBGL) : null,
    };
  },

  /** A picture at another size, as its RGBA bytes. */
  async pixels(url, width, height) {
    const picture = await createImageBitmap(await (await fetch(url)).blob());
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, width, height);
    return [...context.getImageData(0, 0, width, height).data];
  },
};
