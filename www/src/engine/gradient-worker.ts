/** A worker that computes the gradients of parts of batches, with its own wasm instance. */
import { Gradients, initSync } from "../wasm/tune/splitsr.js";
import { move, serve } from "./bridge.ts";
import type { GradientMethods } from "./tune-protocol.ts";
import { buffer } from "./wasm.ts";

let gradients: Gradients | undefined;

serve<GradientMethods>({
  boot({ module, model, settings }) {
    initSync({ module });
    gradients = Gradients.load(new Uint8Array(model), settings);
    return Promise.resolve(undefined);
  },
  compute({ weights, step, part }) {
    if (!gradients) throw new Error("the worker has no network");
    const gradient = buffer(gradients.compute(new Uint8Array(weights), step, new Uint8Array(part)));
    return Promise.resolve(move(gradient, [gradient]));
  },
});
