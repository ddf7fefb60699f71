/**
 * The service worker: keeps the site's files on the device, so that the page works without a
 * connection.
 *
 * The installation keeps the files that a first picture needs. The others (codecs, WebGPU engine,
 * other models, fine-tuning, languages) are kept when they are first used, or when the visitor asks
 * for everything. Files come from the cache first: a hash of their content, in their name or beside
 * it in the build's list, tells versions apart.
 *
 * Workbox would load files without a hash in their name a second time while the page loads them,
 * and cannot choose by what the browser can run.
 */
import { hasRelaxedSimd } from "../engine/relaxed-simd.ts";
import { DEFAULT_MODEL } from "../api/upscaling.ts";
import { MAX_SILENCE_MS, SHARE_PATH, SHARED_QUERY, siteCache, type Kept, type Question } from "./protocol.ts";

/** A file of the site, as the build lists it. */
interface Listed {
  url: string;
  /** A hash of the content; null if the name has one. */
  revision: string | null;
  bytes: number;
}

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly Listed[] };

interface SiteFile {
  address: string;
  /** Its name in the cache. */
  key: string;
  bytes: number;
  neededAtFirst: boolean;
}

const { scope } = self.registration;

const CACHE = siteCache(scope);

const files: readonly SiteFile[] = self.__WB_MANIFEST.map(({ url, revision, bytes }) => {
  // Some hosts redirect from `index.html` to its folder, and a redirected response cannot be used
  // as a page.
  const address = new URL(url === "index.html" ? "./" : url, scope).href;
  const key = revision === null ? address : `${address}?revision=${revision}`;
  return { address, key, bytes, neededAtFirst: !isLazy(url) };
});
const byAddress = new Map(files.map((file) => [file.address, file]));

function isLazy(url: string): boolean {
  const build = hasRelaxedSimd ? "relaxed-simd" : "simd128";
  if (url.endsWith(".wasm")) return !url.startsWith(`assets/${build}-`);
  if (url.endsWith(".safetensors")) return url !== `models/${DEFAULT_MODEL}.safetensors`;
  // The scripts of bundles that are loaded on demand, and other languages.
  return /^assets\/((codecs|gpu-worker|tune|tuner|tune-worker|gradient-worker|speaking)-|[a-z]{2}-.{8}\.js$)|^models\/replay/.test(
    url,
  );
}

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all(files.filter((file) => file.neededAtFirst).map(keep)));
  // No skipWaiting here: open pages need the files of their own version. This version waits until
  // they are closed, or until the visitor chooses to reload.
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // From now on, this worker also serves the open page and keeps the files that it uses.
      await self.clients.claim();
      // Another window may still show the previous version: then its files stay until the next
      // version.
      const windows = await self.clients.matchAll({ type: "window" });
      if (windows.length <= 1) await removeOld();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "POST" && url === scope + SHARE_PATH) event.respondWith(receive(event.request));
  if (method !== "GET" || !url.startsWith(scope)) return;
  // A static site's files do not depend on parameters.
  const address = url.replace(/[?#].*$/, "");
  const file = byAddress.get(address) ?? (address === `${scope}index.html` ? byAddress.get(scope) : undefined);
  if (file) event.respondWith(provide(file, event));
  else if (address.startsWith(`${scope}assets/`)) event.respondWith(provideOld(event.request));
});

self.addEventListener("message", (event) => {
  const port = event.ports[0];
  switch (event.data as Question) {
    case "tell":
      event.waitUntil(sum().then((kept) => port?.postMessage(kept)));
      break;
    case "keep":
      event.waitUntil(keepAll((kept) => port?.postMessage(kept)));
      break;
    case "take over":
      event.waitUntil(self.skipWaiting());
      break;
  }
});

async function provide(file: SiteFile, event: FetchEvent): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(file.key);
  if (kept) return kept;
  const response = await load(file);
  // Without room in the cache, the file is used all the same.
  if (response.ok) event.waitUntil(cache.put(file.key, response.clone()).catch(() => undefined));
  return response;
}

/** Keeps a form with a shared picture for the page, and opens that, which says if none was kept. */
async function receive({ url, body, headers }: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  await cache.put(url, new Response(body, { headers })).catch(() => undefined);
  return Response.redirect(scope + SHARED_QUERY, 303);
}

/** Provides a file of an earlier version, for a page of that version. */
async function provideOld(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}

async function keep(file: SiteFile): Promise<void> {
  const cache = await caches.open(CACHE);
  if (await cache.match(file.key)) return;
  const response = await load(file);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${file.address}`);
  await cache.put(file.key, response);
}

/**
 * Files that the page has just loaded come from the browser's own cache, after asking the server if
 * they may change.
 */
function load({ address, key }: SiteFile): Promise<Response> {
  return fetch(address, { cache: key === address ? "default" : "no-cache" });
}

async function keepAll(answer: (kept: Kept) => void): Promise<void> {
  let progress: Kept = { kept: 0, all: bytesOf(files) };
  // A large file may take longer than the page waits.
  const alive = setInterval(() => answer(progress), MAX_SILENCE_MS / 3);
  try {
    progress = await sum();
    answer(progress);
    const cache = await caches.open(CACHE);
    for (const file of files) {
      if (await cache.match(file.key)) continue;
      await keep(file);
      progress.kept += file.bytes;
      answer(progress);
    }
    // The page may have used and so kept some of them meanwhile.
    answer(await sum());
  } catch (error) {
    const isRoom = error instanceof DOMException && error.name === "QuotaExceededError";
    answer({ ...progress, failure: isRoom ? "room" : "network" });
  } finally {
    clearInterval(alive);
  }
}

async function sum(): Promise<Kept> {
  const keys = await keysOfCache();
  return { kept: bytesOf(files.filter((file) => keys.has(file.key))), all: bytesOf(files) };
}

function bytesOf(list: readonly SiteFile[]): number {
  return list.reduce((total, file) => total + file.bytes, 0);
}

async function removeOld(): Promise<void> {
  const current = new Set(files.map((file) => file.key));
  const cache = await caches.open(CACHE);
  for (const key of await keysOfCache()) if (!current.has(key)) await cache.delete(key);
}

async function keysOfCache(): Promise<Set<string>> {
  const requests = await (await caches.open(CACHE)).keys();
  return new Set(requests.map(({ url }) => url));
}
