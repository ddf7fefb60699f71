/** Estimates the cost of a run, and says so if its result does not fit into memory. */
import { UpscaleError, type Estimate, type Upscaler } from "../../module/core.ts";
import { MAX_AUTO_ENLARGE_MS } from "../session/auto-enlarge.ts";
import type { Session } from "../session/session.ts";

/** Milliseconds without a change after which a setting is taken for final. */
export const SETTLED_MS = 200;

interface Costs extends Estimate {
  /** The engine that estimated. */
  upscaler: Upscaler;
  /** Whether a run would end a result that took long. */
  endsResult: boolean;
}

/** Returns undefined if that cannot be known, or is of no use any more. */
export async function estimate(
  session: Session,
  engine: () => Promise<Upscaler>,
  wait: number,
): Promise<Costs | undefined> {
  const { source: picture, zoom, choice, backend } = session;
  const { key, options } = choice;
  if (!picture) return undefined;
  const isCurrent = () =>
    session.source === picture && session.zoom === zoom && choice.key === key && session.backend === backend;
  // While the slider moves, every estimate would be outdated at once.
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  const { result, enlargesAutomatically } = session;
  // An engine for another model ends the one that can still save the result.
  const needsSecond = result !== undefined && !session.engine.fits(choice.source(), backend);
  if (!isCurrent() || (needsSecond && !enlargesAutomatically)) return undefined;
  try {
    const upscaler = await (needsSecond ? session.engine.takeSecond(choice.source(), backend) : engine());
    const estimate = await upscaler.estimate(picture, { scale: zoom, ...options });
    if (!isCurrent()) return undefined;
    session.setEstimate(estimate);
    const endsResult = needsSecond && result.upscaled.report.milliseconds > MAX_AUTO_ENLARGE_MS;
    return { ...estimate, upscaler, endsResult };
  } catch (error) {
    // The run reports all other errors.
    const tooLarge = error instanceof UpscaleError && error.code === "too-large";
    if (tooLarge && isCurrent() && session.activity.status.state === "idle") session.activity.fail(error);
    return undefined;
  }
}

/** The time limit of a link chooses the network for the picture, before anything is enlarged. */
export async function spendBudget(session: Session, engine: () => Promise<Upscaler>): Promise<void> {
  const { choice, source, zoom } = session;
  const { budget, options } = choice;
  if (budget === undefined || !source) return;
  try {
    const { milliseconds } = await (await engine()).estimate(source, { scale: zoom, ...options });
    if (choice.budget === budget) session.setNetwork(choice.networkWithin(budget, milliseconds) ?? {});
  } catch {
    // A picture that is too large: the run says so.
  }
}
