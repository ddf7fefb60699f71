/** Stands in for `../engine/probe.ts`. */
import type * as Browser from "../engine/probe.ts";

export const probe: typeof Browser.probe = () => Promise.resolve("Node has no WebGPU");
