/** Whether pictures are enlarged without a click. */
import { remember, remembered } from "../shared/remembered.ts";

/** The longest work, in milliseconds, that starts without a click. */
export const MAX_AUTO_ENLARGE_MS = 4000;

/** The name stays, because visitors' browsers have stored choices under it. */
const KEY = "at-once";

export const readAutoEnlarge = (): boolean => remembered(KEY) !== "no";

export const writeAutoEnlarge = (enlargesAutomatically: boolean): void =>
  remember(KEY, enlargesAutomatically ? "yes" : "no");
