/** Finds out what the chosen network costs. */
import { UpscaleError } from "../../module/core.ts";
import { holds } from "../session/hyper-parameters.ts";
import type { Session } from "../session/session.ts";

export async function describe(session: Session): Promise<void> {
  const { network } = session.choice;
  const { any } = session.engine;
  // Between the networks of an elastic model the costs stay until the next ones are there.
  const isNear = session.networkInfo && holds(session.choice.entry, session.networkInfo.config);
  if (!isNear) session.setNetworkInfo(undefined);
  // Any engine can tell, but none is started for this alone.
  if (!network || !any) return;
  const isCurrent = () => JSON.stringify(session.choice.network) === JSON.stringify(network);
  try {
    const info = await (await any).describe(network);
    if (isCurrent()) session.setNetworkInfo(info);
  } catch (error) {
    // The next engine can tell too. If it does not start, the next enlargement reports that.
    const wasEnded = error instanceof UpscaleError && error.code === "destroyed";
    if (wasEnded && isCurrent()) await describe(session);
  }
}
