/**
 * Pictures on other sites. A request tells the other site about the visitor, so the visitor must
 * consent first.
 */
import type { WorkOptions } from "../session/activity.ts";
import type { LinkState } from "../session/link-state.ts";
import { needed } from "../shared/text.ts";

/** A picture on another site that waits for the visitor's consent. */
export interface RemoteOffer {
  url: URL;
  /** The link that named it; undefined if the address came alone. */
  link: LinkState | undefined;
  /** The complaints about the link. */
  trouble: string;
  /** The session's fingerprint when the link was opened. */
  fingerprint: string;
}

export async function loadRemote(url: URL, options: WorkOptions): Promise<Blob> {
  const { loadFrom } = await needed(import("./remote-load.ts"));
  return loadFrom(url, options);
}
