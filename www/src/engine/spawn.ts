/** Starts workers, and says why if that fails. */
import { UpscaleError } from "../api/index.ts";
import { reachAdvice } from "./reach.ts";

/**
 * Starts a module worker, even if its script is on a different origin than the page, as it is when
 * the package is loaded from a CDN or in a sandboxed frame. Browsers refuse such a script as a
 * worker, but let a local worker import it.
 *
 * `script` comes from a `?worker&url` import.
 *
 * @throws {UpscaleError} `engine` if the browser refuses at once. If it refuses later, the worker
 * gets an `error` event: see `whyNotLoaded`.
 */
export function spawn(script: string): Worker {
  watchPolicy();
  const url = new URL(script, import.meta.url);
  try {
    if (url.origin === self.origin) return new Worker(url, { type: "module" });
    const source = `import ${JSON.stringify(url.href)};`;
    const local = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    return new Worker(local, { type: "module" });
  } catch (error) {
    throw new UpscaleError("engine", `A worker could not be started. ${whyNotLoaded()}`, { cause: error });
  }
}

/** The directive of a Content-Security-Policy that has stopped a script here. */
let stoppedBy: string | undefined;
let isWatching = false;

function watchPolicy(): void {
  if (isWatching) return;
  isWatching = true;
  self.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
    if (/^(worker|child|script)-src/.test(effectiveDirective)) stoppedBy = effectiveDirective;
  });
}

/** Why a worker's script may not have loaded, and what to do about it. */
export function whyNotLoaded(): string {
  const url = new URL(import.meta.url);
  if (stoppedBy === undefined) return reachAdvice(url);
  const allowed = url.origin === self.origin ? "'self'" : `${url.origin} blob:`;
  return `The page's Content-Security-Policy forbids it (${stoppedBy}): add "worker-src ${allowed}" to it.`;
}

/** @throws {UpscaleError} `engine` where there are no workers, as on a server. */
export function requireWorkers(): void {
  if (typeof Worker !== "undefined") return;
  const advice = "Call it in the page, and not while the page is rendered on a server.";
  throw new UpscaleError("engine", `SplitSR runs only in a browser: there are no workers here. ${advice}`);
}
