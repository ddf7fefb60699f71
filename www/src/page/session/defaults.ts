/** Limits, and the values of settings that neither the visitor nor a link has chosen. */

export const MIN_ZOOM = 1;
export const DEFAULT_ZOOM = 2;
/** From 1 to 100, for lossy formats. */
export const DEFAULT_QUALITY = 92;
/** The effort, in %, at which there is no schedule. */
export const FULL_EFFORT = 100;
/** The factors by which a picture can be shrunk to score models on it. */
export const evaluationScales: readonly number[] = [2, 3, 4];

/** The one that suits a zoom. */
export function evaluationScaleFor(zoom = DEFAULT_ZOOM): number {
  return evaluationScales.find((scale) => scale >= zoom) ?? 4;
}
