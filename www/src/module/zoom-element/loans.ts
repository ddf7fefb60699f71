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

/** `options` is JSON. */
export function borrow(options: string): Loan {
  let entry = shared.get(options);
  if (!entry) {
    entry = { upscaler: createUpscaler(JSON.parse(options) as UpscalerOptions), users: 0 };
    shared.set(options, entry);
  }
  entry.users++;
  const { upscaler } = entry;
  const forget = () => {
    if (shared.get(options) === entry) shared.delete(options);
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
