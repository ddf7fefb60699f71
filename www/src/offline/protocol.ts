/** What the page and its service worker say to each other. A question comes with a port for the answers. */
export type Question =
  /** How much is kept? One answer. */
  | "tell"
  /** Keep everything. Answers until all of it is kept or one has a failure. */
  | "keep"
  /** This version, which waits, may replace the one that runs. No answer. */
  | "take over";

export interface Kept {
  /** Bytes of the site's files that are on this device, and of all of them. */
  kept: number;
  all: number;
  /** Why it does not go on: no room on the device, or a file could not be loaded. */
  failure?: "room" | "network";
}
