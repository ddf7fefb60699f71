/** Korean: sentences end in 해요, buttons are nouns where they can be. */
import type { Texts } from "../shared/words.ts";
import { texts as fineTuning } from "./ko-fine-tuning.ts";
import { texts as page } from "./ko-page.ts";
import { texts as tools } from "./ko-tools.ts";

export const texts: Texts = { ...page, ...tools, ...fineTuning };
