/**
 * Upscalers that elements share: those with the same options use one at the same time. The last
 * user destroys it, which frees its memory.
 */
import type { Upscaler, UpscalerOptions } from "../../api/index.ts";
import { createUpscaler } from "../upscaler.ts";

export interface Loan {
  upscaler: Promise<Upscaler>;
  /** To be called once. */
  giveBack(): void;
}

const shared = new Map<string, { upscaler: Promise<Upscaler>; users: number }>();

/** Equal `options` share an upscaler. */
export function borrow(options: UpscalerOptions): Loan {
  const key = JSON.stringify(options);
  let entry = shared.get(key);
  if (!entry) {
    entry = { upscaler: createUpscaler(options), users: 0 };
    shared.set(key, entry);
  }
  entry.users++;
  const { upscaler } = entry;
  const forget = () => {
    if (shared.get(key) === entry) shared.delete(key);
  };
  // The next user tries again.
  upscaler.catch(forget);
  return {
    upscaler,
    // In a separate task: by then, a run that replaces this one has borrowed the engine, which is
    // still warm.
    giveBack: () =>
      setTimeout(() => {
        if (--entry.users > 0) return;
        forget();
        upscaler.then(
          (upscaler) => upscaler.destroy(),
          () => undefined,
        );
      }),
  };
}
