/** The address, as in the manifest, where a shared picture is sent, and kept for the page. */
export const SHARE_PATH = "share";
/** The page's parameter when it is there. */
export const SHARED_QUERY = "?shared";

/** One origin may have several copies of this site, and all share its caches. */
export const siteCache = (scope: string): string => `splitsr ${scope}`;

/**
 * The messages between the page and its service worker. A question comes with a port for the
 * answers.
 */
export type Question =
  /** Asks how much is kept. Gets one answer. */
  | "tell"
  /** Keeps everything. Gets answers until all of it is kept, or until a failure. */
  | "keep"
  /** Lets this waiting version replace the running one. Gets no answer. */
  | "take over";

/** After this long without an answer, the browser has ended the service worker. */
export const MAX_SILENCE_MS = 60_000;

export interface Kept {
  /** Bytes of the site's files on this device, and of all its files. */
  kept: number;
  all: number;
  /** Why it stopped: the device is full, or a file could not be loaded. */
  failure?: "room" | "network";
}
