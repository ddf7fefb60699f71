/** Whether pictures are enlarged without a click. */
import { remember, remembered } from "../shared/remembered.ts";

/** The longest work, in milliseconds, that starts without a click. */
export const AT_ONCE_MS = 4000;

const KEY = "at-once";

export const readAtOnce = (): boolean => remembered(KEY) !== "no";

export const writeAtOnce = (isAtOnce: boolean): void => remember(KEY, isAtOnce ? "yes" : "no");
