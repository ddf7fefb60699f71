/** The loss of a network against the best, in words. */
import { modelFor, type ModelEntry } from "../../module/core.ts";
import type { Session } from "./session.ts";
import { fixed, t } from "../shared/words.ts";

/** Losses in dB from which on one sees it a little, and clearly. */
const SEEN = 0.3;
const CLEARLY_SEEN = 1;

/** The loss of the chosen network against the best of the zoom; empty if that is not known. */
export function lossText({ choice, zoom, zoomIsValid }: Session): string {
  const { shipped, entry, sliceInfo } = choice;
  const best = zoomIsValid && modelFor(zoom, shipped);
  // Scores of another scale say nothing here.
  if (!best || entry?.scale !== best.scale) return "";
  const loss = psnrOf(best) - (sliceInfo?.psnrY ?? psnrOf(entry));
  if (!(loss > 0)) return "";
  const dB = fixed(loss, 2);
  if (loss < SEEN) return t`looks about as sharp as the best (PSNR ${dB} dB lower)`;
  if (loss < CLEARLY_SEEN) return t`a little less sharp than the best (PSNR ${dB} dB lower)`;
  return t`less sharp than the best (PSNR ${dB} dB lower)`;
}

/** PSNR on the validation pictures, in dB; NaN if that is not known. */
export const psnrOf = ({ scores }: ModelEntry): number => scores?.validation_psnr_y ?? NaN;
