/** Starts workers, and says why if that fails. */
import { UpscaleError } from "../api/index.ts";
import { known, locate, type Files } from "./files.ts";
import { reachAdvice } from "./reach.ts";

/** The message of a worker whose script did not load; the browser's own event has none. */
const NOT_LOADED = "its script did not load";

/**
 * A local worker that imports the script: browsers refuse a script of another origin as a worker.
 * It is not a module, since Chromium starts no such module in a sandboxed frame. What arrives
 * before the script listens is kept for it.
 */
const importer = (script: string): string => `
  const early = [];
  const keep = (event) => {
    event.stopImmediatePropagation();
    early.push(event);
  };
  addEventListener("message", keep);
  import(${JSON.stringify(script)}).then(
    () => {
      removeEventListener("message", keep);
      for (const { data } of early) dispatchEvent(new MessageEvent("message", { data }));
    },
    () => setTimeout(() => { throw new Error(${JSON.stringify(NOT_LOADED)}); }),
  );
`;

/**
 * Starts a worker, even if its script is on a different origin than the page, as it is when the
 * package is loaded from a CDN or in a sandboxed frame.
 *
 * `script` comes from a `?worker&url` import. `files` are the npm package's: see `files.ts`.
 *
 * @throws {UpscaleError} `engine` if the browser refuses at once. If it refuses later, the worker
 * gets an `error` event: see `failureText`.
 */
export function spawn(script: string, files: Files = known()): Worker {
  // Once: the same listener again is no other.
  self.addEventListener("securitypolicyviolation", noteViolation);
  url = locate(script, files);
  try {
    const isOwn = url.origin === self.origin;
    const address = isOwn ? url.href : importerUrl(url.href);
    policy ??= (self as TrustsTypes).trustedTypes?.createPolicy("splitsr", { createScriptURL: String });
    const worker = new Worker(policy?.createScriptURL(address) ?? address, { type: isOwn ? "module" : "classic" });
    if (import.meta.env.PACKAGE) worker.postMessage({ files });
    return worker;
  } catch (error) {
    // Its event comes later.
    if (error instanceof TypeError) stoppedBy = "trusted-types";
    throw new UpscaleError("engine", `A worker could not be started. ${loadFailureText()}`, { cause: error });
  }
}

type Policy = Record<"createScriptURL", (url: string) => string>;

interface TrustsTypes {
  trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
}

/** Some pages let only addresses through that come from a policy whose name they know. */
let policy: Policy | undefined;

/** An address lasts as long as the page, so that each script has only one. */
const importers = new Map<string, string>();

function importerUrl(script: string): string {
  let made = importers.get(script);
  if (made === undefined) {
    made = URL.createObjectURL(new Blob([importer(script)], { type: "text/javascript" }));
    importers.set(script, made);
  }
  return made;
}

/** The script of the last worker: all are in one place. */
let url: URL;

/** The directive of a Content-Security-Policy that has stopped a script here. */
let stoppedBy: string | undefined;

function noteViolation({ effectiveDirective }: SecurityPolicyViolationEvent): void {
  if (/^(worker|child|script)-src/.test(effectiveDirective)) stoppedBy = effectiveDirective;
}

/** Says why a worker has failed, from its `error` event, and what to do about it. */
export function failureText({ message }: ErrorEvent): string {
  if (message && !message.includes(NOT_LOADED))
    return `A worker failed (${message}). Try again; if it fails again, reload the page.`;
  return `A worker could not be started. ${loadFailureText()}`;
}

function loadFailureText(): string {
  if (stoppedBy === undefined) return reachAdvice(url);
  const sources = url.origin === self.origin ? "'self'" : `blob:; script-src ${url.origin}`;
  const missing = stoppedBy === "trusted-types" ? "trusted-types splitsr" : `worker-src ${sources}`;
  return `The page's Content-Security-Policy forbids it (${stoppedBy}): add "${missing}" to it.`;
}

/** @throws {UpscaleError} `engine` where there are no workers, as on a server. */
export function requireWorkers(): void {
  if (typeof Worker !== "undefined") return;
  const inNode = import.meta.env.PACKAGE ? ' In Node, import "splitsr/node".' : "";
  const advice = `Call it in the page, and not while the page is rendered on a server.${inNode}`;
  throw new UpscaleError("engine", `SplitSR runs only in a browser: there are no workers here. ${advice}`);
}
