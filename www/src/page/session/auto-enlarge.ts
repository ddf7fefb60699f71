/** Whether pictures are enlarged without a click. */
import { remember, remembered } from "../shared/remembered.ts";

/** The longest work, in milliseconds, that starts without a click. */
export const MAX_AUTO_ENLARGE_MS = 4000;

/**
 * Parts of at most so many pixels are enlarged at any estimate, which also corrects it: an engine
 * may have measured its speed while another one was still busy.
 */
export const MAX_UNESTIMATED_PIXELS = 10_000;

/** The name stays, because visitors' browsers have stored choices under it. */
const KEY = "at-once";

export const readAutoEnlarge = (): boolean => remembered(KEY) !== "no";

export const writeAutoEnlarge = (enlargesAutomatically: boolean): void =>
  remember(KEY, enlargesAutomatically ? "yes" : "no");
