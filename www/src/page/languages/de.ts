/** German: infinitives for what buttons do, and no form of address. */
import type { Texts } from "../shared/words.ts";
import { texts as fineTuning } from "./de-fine-tuning.ts";
import { texts as page } from "./de-page.ts";
import { texts as tools } from "./de-tools.ts";

export const texts: Texts = { ...page, ...tools, ...fineTuning };
