/** Replaces `../engine/canvas.ts`: Node has no codecs, so ours read and write everything. */
import type * as Browser from "../engine/canvas.ts";

export const canvasIsExact: typeof Browser.canvasIsExact = false;

export const readFile: typeof Browser.readFile = () => Promise.resolve(undefined);

export const writeFile: typeof Browser.writeFile = () => {
  throw new Error("only exact canvases write files");
};
