/** Finds out what the chosen network costs. */
import { UpscaleError } from "../../module/core.ts";
import { holds } from "../session/hyper-parameters.ts";
import type { Session } from "../session/session.ts";

export async function describe(session: Session): Promise<void> {
  const { network } = session.choice;
  const { any } = session.engine;
  // Costs of an elastic model's network are shown until the next network's are known.
  const isNear = session.networkInfo && holds(session.choice.entry, session.networkInfo.config);
  if (!isNear) session.setNetworkInfo(undefined);
  // Any engine can compute them, but none is started only for this.
  if (!network || !any) return;
  const isCurrent = () => JSON.stringify(session.choice.network) === JSON.stringify(network);
  try {
    const info = await (await any).describe(network);
    if (isCurrent()) session.setNetworkInfo(info);
  } catch (error) {
    // The next engine can compute them. If it fails to start, the next enlargement says so.
    const wasEnded = error instanceof UpscaleError && error.code === "destroyed";
    if (wasEnded && isCurrent()) await describe(session);
  }
}
