/** Whether pictures are enlarged without a click. The choice is stored on this device. */

/** Milliseconds of work that are begun unasked. */
export const AT_ONCE_MS = 4000;

const KEY = "at-once";

export function readAtOnce(): boolean {
  try {
    return localStorage.getItem(KEY) !== "no";
  } catch {
    // Some private windows have no storage.
    return true;
  }
}

export function writeAtOnce(isAtOnce: boolean): void {
  try {
    localStorage.setItem(KEY, isAtOnce ? "yes" : "no");
  } catch {
    // The choice lasts until the page is closed.
  }
}
