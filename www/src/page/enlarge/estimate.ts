/** Estimates the cost of a run, and says so if its result does not fit into memory. */
import { UpscaleError, type Estimate, type Upscaler } from "../../module/core.ts";
import { MAX_AUTO_ENLARGE_MS } from "../session/auto-enlarge.ts";
import type { Session } from "../session/session.ts";

/** Milliseconds without a change after which a setting is taken for final. */
export const SETTLED_MS = 200;

/** Returns undefined if that cannot be known, or is of no use any more. */
export async function estimate(
  session: Session,
  engine: () => Promise<Upscaler>,
  wait: number,
): Promise<Estimate | undefined> {
  const { source: picture, zoom, choice, slice, backend } = session;
  const { key } = choice;
  if (!picture) return undefined;
  const isCurrent = () =>
    session.source === picture && session.zoom === zoom && choice.key === key && session.backend === backend;
  // While the slider moves, every estimate would be outdated at once.
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  if (!isCurrent() || keepsResult(session)) return undefined;
  try {
    const estimate = await (await engine()).estimate(picture, { scale: zoom, ...slice });
    if (!isCurrent()) return undefined;
    session.setEstimate(estimate);
    return estimate;
  } catch (error) {
    // The run reports all other errors.
    const tooLarge = error instanceof UpscaleError && error.code === "too-large";
    if (tooLarge && isCurrent() && session.activity.status.state === "idle") session.activity.fail(error);
    return undefined;
  }
}

/**
 * Whether the result is worth keeping: an engine for another model ends the one that can still save
 * it.
 */
function keepsResult({ result, engine, choice, backend, enlargesAutomatically }: Session): boolean {
  if (!result || engine.fits(choice.source(), backend)) return false;
  return !enlargesAutomatically || result.upscaled.report.milliseconds > MAX_AUTO_ENLARGE_MS;
}
