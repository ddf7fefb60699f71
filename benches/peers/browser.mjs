/** Headless Chromium on our page, and the server that it loads from. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};

/** Longer than the slowest run, so that a runtime that hangs ends the benchmark. */
const TIMEOUT_MS = 120_000;

/** Chromium's switches for graphics: no card, one imitated in software, or the machine's own. */
const ADAPTERS = {
  none: [],
  swiftshader: [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ],
  hardware: ["--enable-unsafe-webgpu", "--enable-features=Vulkan", "--use-angle=vulkan", "--ignore-gpu-blocklist"],
};

/**
 * Serves the repository, and `files` at /files/. The headers allow SharedArrayBuffer, which the
 * other runtimes need for threads. `served` collects the path and the bytes of each answer.
 */
export async function serveFiles(repository, files) {
  const served = [];
  const server = createServer(async ({ url }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
    const file = path.startsWith("/files/") ? join(files, path.slice("/files".length)) : join(repository, path);
    try {
      const bytes = await readFile(file);
      served.push({ path, bytes });
      response.writeHead(200, {
        "content-type": TYPES[extname(file)] ?? "application/octet-stream",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, served, close: () => server.close() };
}

/**
 * A fresh browser, with nothing cached, and the graphics card of that name in `ADAPTERS`. No call
 * may take longer than `patience` milliseconds.
 */
export async function openBrowser(origin, adapter = "none", patience = TIMEOUT_MS) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!ADAPTERS[adapter])
    throw new Error(`ADAPTER is "${adapter}": give ${Object.keys(ADAPTERS).slice(1).join(" or ")}`);
  const args = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath, args: [...args, ...ADAPTERS[adapter]] });
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(`${origin}/benches/peers/web/index.html`);
  await page.waitForFunction(() => window.bench && window.crossOriginIsolated);
  const inPage = (method, ...args) =>
    inTime(
      page.evaluate(([method, args]) => window.bench[method](...args), [method, args]),
      `${method} ${args.slice(0, 2).join(" ")}`,
      patience,
    );
  return {
    version: browser.version(),
    open: (name, settings) => inPage("open", name, settings),
    call: (name, method, argument) => inPage("call", name, method, argument),
    endContender: (name) => inPage("close", name),
    adapters: () => inPage("adapters"),
    pixels: (url, width, height) => inPage("pixels", url, width, height),
    photograph: (url, width, height) => inPage("photograph", url, width, height),
    enlarge: (name, request) => inPage("enlarge", name, request),
    difference: (a, b) => inPage("difference", a, b),
    memory: () => memory(browser),
    close: () => browser.close(),
  };
}

/**
 * Returns a function that gives the megabytes that the browser's pages hold with their workers,
 * shared ones by their share.
 */
async function memory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const pages = processInfo.filter(({ type }) => type === "renderer");
  if (pages.length === 0) throw new Error("Chromium names no page's process");
  const kilobytes = ({ id }) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))[1]);
  return () => (pages.reduce((sum, page) => sum + kilobytes(page), 0) * 1024) / 1e6;
}

function inTime(promise, what, patience) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${patience / 1000} s: ${what}`)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
