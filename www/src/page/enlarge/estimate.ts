/** Estimates the cost of a run, and says so if its result does not fit into memory. */
import { UpscaleError, type Upscaler } from "../../module/splitsr.ts";
import type { Session } from "../session/session.ts";

/** Milliseconds without a change after which a setting is taken for final. */
const SETTLED_MS = 200;

export async function estimate(session: Session, engine: () => Promise<Upscaler>): Promise<void> {
  const { source: picture, zoom, model, backend } = session;
  if (!picture) return;
  const isCurrent = () =>
    session.source === picture && session.zoom === zoom && session.model === model && session.backend === backend;
  // While the slider moves, every estimate would be outdated at once.
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  // An engine for another model would end the one that can still save the result.
  if (!isCurrent() || (session.result && !session.engine.fits(session.choice.source(), backend))) return;
  try {
    const estimate = await (await engine()).estimate(picture, { scale: zoom });
    if (isCurrent()) session.setEstimate(estimate);
  } catch (error) {
    // The run reports all other errors.
    const tooLarge = error instanceof UpscaleError && error.code === "too-large";
    if (tooLarge && isCurrent() && session.activity.status.state === "idle") session.activity.fail(error);
  }
}
